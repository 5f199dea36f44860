package io.orlop.wire.json;

import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;

/// What is wrong with a text that was to be JSON, in a sentence. Jackson's own message also tells where the text came
/// from, which it does not know here, and says so at length.
public final class JsonFault {
    private JsonFault() {}

    static String text(JacksonException fault) {
        String place = place(fault);
        return place.isEmpty() ? words(fault) : "%s (at '%s')".formatted(words(fault), place);
    }

    public static String words(JacksonException fault) {
        return fault.getOriginalMessage().replaceAll(" \\([^(]*\\[Source: [^\\]]*]\\)", "");
    }

    /// `topology.allowed_nodes[0]`; nothing for the whole.
    public static String place(JacksonException fault) {
        String path = fault.getPath().stream()
                .map(step ->
                        step.getPropertyName() == null ? "[" + step.getIndex() + "]" : "." + step.getPropertyName())
                .collect(Collectors.joining());
        return path.startsWith(".") ? path.substring(1) : path;
    }
}
