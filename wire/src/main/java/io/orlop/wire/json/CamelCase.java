package io.orlop.wire.json;

import java.util.Locale;

/// How a choice is spelt for others: `SHUTTING_DOWN` is `ShuttingDown`.
public final class CamelCase {
    private CamelCase() {}

    public static String of(Enum<?> constant) {
        var name = new StringBuilder();
        for (String word : constant.name().split("_", -1)) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
