package io.orlop.model;

import java.util.UUID;
import java.util.regex.Pattern;

/// Reads UUIDs strictly: [UUID#fromString] also takes `1-1-1-1-1`.
final class Uuids {
    private static final Pattern CANONICAL =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private Uuids() {}

    static UUID parse(String noun, String text) {
        if (!CANONICAL.matcher(text).matches()) {
            throw new Refusal.Invalid(
                            "'%s' is not a %s uuid".formatted(text, noun),
                            "write it as 8-4-4-4-12 hexadecimal digits, for example"
                                    + " 0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f")
                    .exception();
        }
        return UUID.fromString(text);
    }
}
