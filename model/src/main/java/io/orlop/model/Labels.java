package io.orlop.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What people write on nodes and pools, to place things by.
public final class Labels {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._/-]{0,315}[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._:/+-]{0,253}");

    private Labels() {}

    /// @param subject whose labels they are, for a refusal: `node n1`
    public static Map<String, String> checked(String subject, Map<String, String> labels) {
        labels.forEach((key, value) -> {
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
                throw new Refusal.Invalid(
                                "'%s=%s' is no label for %s".formatted(key, value, subject),
                                "use letters, digits, '.', '_', '-' and '/', for example disk=ssd")
                        .exception();
            }
        });
        return labels;
    }

    /// @param overwrite whether a key that is there with another value may change
    public static SortedMap<String, String> with(
            String subject, Map<String, String> present, Map<String, String> added, boolean overwrite) {
        var labels = new TreeMap<>(present);
        checked(subject, added).forEach((key, value) -> {
            String before = labels.put(key, value);
            if (before != null && !before.equals(value) && !overwrite) {
                throw new Refusal.FailedPrecondition(
                                "%s has the label %s=%s already".formatted(subject, key, before),
                                "ask for it to be overwritten")
                        .exception();
            }
        });
        return labels;
    }

    public static SortedMap<String, String> without(String subject, Map<String, String> present, String key) {
        var labels = new TreeMap<>(present);
        if (labels.remove(key) == null) {
            throw new Refusal.FailedPrecondition(
                            "%s has no label %s".formatted(subject, key), "its labels are " + present)
                    .exception();
        }
        return labels;
    }
}
