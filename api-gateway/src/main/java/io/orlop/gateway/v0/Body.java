package io.orlop.gateway.v0;

import io.orlop.model.Refusal;
import io.orlop.model.ShareProtocol;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What bodies and paths have in common.
final class Body {
    private Body() {}

    static <T> T required(@Nullable T value, String field) {
        if (value == null) throw missing(field).exception();
        return value;
    }

    /// @param place as JSON faults name it: `labels.a`
    static Refusal missing(String place) {
        return new Refusal.Invalid(
                "the body has no '%s', or a null there".formatted(place), "give it a value; see /v0/api/spec");
    }

    static boolean orFalse(@Nullable Boolean value) {
        return value != null && value;
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    static Map<String, String> orEmpty(@Nullable Map<String, String> map) {
        return map == null ? Map.of() : map;
    }

    /// Clients name nobody by an empty text, too.
    static @Nullable String orNone(@Nullable String name) {
        return name == null || name.isEmpty() ? null : name;
    }

    /// Only NVMe-oF is served.
    static ShareProtocol protocol(@Nullable String text) {
        return switch (text == null ? "nvmf" : text.toLowerCase(Locale.ROOT)) {
            case "nvmf" -> ShareProtocol.NVMF;
            case "none" -> ShareProtocol.NONE;
            case String other ->
                throw new Refusal.Invalid("protocol '%s' is not served".formatted(other), "use nvmf").exception();
        };
    }
}
