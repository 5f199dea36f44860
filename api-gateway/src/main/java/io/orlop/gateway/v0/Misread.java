package io.orlop.gateway.v0;

import io.orlop.wire.json.JsonFault;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.exc.MismatchedInputException;

/// Why a body could not be read, in words of JSON and not of Java.
final class Misread {
    private Misread() {}

    static String because(@Nullable Throwable cause) {
        return switch (cause) {
            case MismatchedInputException mismatch
            when mismatch.getTargetType() != null ->
                "%s is not %s".formatted(where(mismatch), kindOf(mismatch.getTargetType()));
            case StreamConstraintsException _ ->
                "it is nested more deeply, or has a longer name, number or text, than anything that is known here";
            case JacksonException malformed -> JsonFault.words(malformed);
            case null, default -> "there is no body";
        };
    }

    private static String where(JacksonException mismatch) {
        String place = JsonFault.place(mismatch);
        return place.isEmpty() ? "the whole" : "'" + place + "'";
    }

    private static String kindOf(Class<?> type) {
        if (type == Integer.class || type == Long.class) return "a whole number";
        if (type == Boolean.class) return "true or false";
        if (type == String.class || type.isEnum()) return "a text";
        if (Collection.class.isAssignableFrom(type)) return "a list";
        return "an object";
    }
}
