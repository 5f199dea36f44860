package io.orlop.model;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What of a record is not as in another one of its kind. Every component is looked at, so that a new one is compared
/// from its first day:
///
/// ```
/// its size is 64 MiB and not 128 MiB, its topology.pools is Any[] and not Labelled[inclusion={disk=ssd}, …]
/// ```
public final class Differences {
    /// A list of labels may be long, and the text is for people.
    private static final int SAID_MOST = 120;

    private Differences() {}

    /// What differs, in one line; empty where nothing does.
    public static <R extends Record> String text(R is, R wanted) {
        return String.join(", ", between(is, wanted));
    }

    /// Empty where nothing differs. The names are those that REST and the documents use.
    public static <R extends Record> List<String> between(R is, R wanted) {
        var found = new ArrayList<String>();
        collect("", is, wanted, found);
        return found;
    }

    private static void collect(String name, @Nullable Object is, @Nullable Object wanted, List<String> found) {
        if (Objects.equals(is, wanted)) return;
        boolean within = is instanceof Record
                && wanted instanceof Record
                && is.getClass() == wanted.getClass()
                // What can be ordered is a value, such as an id or a size: it is said whole.
                && !(is instanceof Comparable<?>);
        if (!within) {
            String verb = several(is) || several(wanted) ? "are" : "is";
            found.add("its %s %s %s and not %s".formatted(name, verb, said(is), said(wanted)));
            return;
        }
        for (RecordComponent component : Objects.requireNonNull(is).getClass().getRecordComponents()) {
            String part = snakeCase(component.getName());
            collect(
                    name.isEmpty() ? part : name + "." + part,
                    value(component, is),
                    value(component, Objects.requireNonNull(wanted)),
                    found);
        }
    }

    private static @Nullable Object value(RecordComponent component, Object of) {
        try {
            return component.getAccessor().invoke(of);
        } catch (IllegalAccessException | InvocationTargetException unreadable) {
            throw new IllegalStateException(component + " cannot be read", unreadable);
        }
    }

    private static boolean several(@Nullable Object value) {
        return value instanceof Collection<?> || value instanceof Map<?, ?>;
    }

    private static String said(@Nullable Object value) {
        if (value == null) return "unset";
        String text = value.toString();
        return text.length() <= SAID_MOST ? text : text.substring(0, SAID_MOST) + "…";
    }

    private static String snakeCase(String name) {
        return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
