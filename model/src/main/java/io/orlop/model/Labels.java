package io.orlop.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What people write on volumes, nodes and pools, to find and to place things by. Their lengths are limited as
/// Kubernetes limits them.
public final class Labels {
    private static final Pattern KEY = Pattern.compile(
            "([A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._:/+-]{0,63}");

    private Labels() {}

    /// @param subject whose labels they are, for a refusal: `node n1`
    public static Map<String, String> checked(String subject, Map<String, String> labels) {
        Limits.fewer(subject, "labels", labels.keySet(), Limits.LABELS);
        for (var label : labels.entrySet()) {
            String key = label.getKey();
            String value = label.getValue();
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) throw none(subject, key + "=" + value);
        }
        return labels;
    }

    static String checkedKey(String subject, String key) {
        if (!KEY.matcher(key).matches()) throw none(subject, key);
        return key;
    }

    private static RuntimeException none(String subject, String label) {
        String said = label.length() <= 80 ? label : label.substring(0, 80) + "…";
        return new Refusal.Invalid(
                        "'%s' is no label for %s".formatted(said, subject),
                        "use letters, digits, '.', '_', '-' and '/', at most 63 of them before and after the '=',"
                                + " for example disk=ssd")
                .exception();
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
        Limits.fewer(subject, "labels", labels.keySet(), Limits.LABELS);
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
