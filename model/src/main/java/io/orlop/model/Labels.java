package io.orlop.model;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What people write on volumes, nodes and pools, to find and to place things by. What Kubernetes takes for a label is
/// one here, and nothing else is.
///
/// ```
///   openebs.io/created-by=operator-diskpool
///   `--------´ `--------´ `---------------´
///   prefix      name       value
/// ```
///
/// A prefix is a DNS subdomain (RFC 1123), and may be left out with its slash; a value may be empty.
public final class Labels {
    private static final int PREFIX_LENGTH = 253;
    private static final int NAME_LENGTH = 63;

    private static final Pattern PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    /// Of a value, too.
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");

    private Labels() {}

    /// @param subject whose labels they are, for a refusal: `node n1`
    public static Map<String, String> checked(String subject, Map<String, String> labels) {
        Limits.fewer(subject, "labels", labels.keySet(), Limits.LABELS);
        for (var label : labels.entrySet()) {
            String key = label.getKey();
            String value = label.getValue();
            if (!isKey(key) || !isValue(value)) throw none(subject, key + "=" + value);
        }
        return labels;
    }

    static String checkedKey(String subject, String key) {
        if (!isKey(key)) throw none(subject, key);
        return key;
    }

    private static boolean isKey(String key) {
        int slash = key.indexOf('/');
        return (slash < 0 || isPrefix(key.substring(0, slash))) && isName(key.substring(slash + 1));
    }

    private static boolean isPrefix(String text) {
        return text.length() <= PREFIX_LENGTH && PREFIX.matcher(text).matches();
    }

    private static boolean isName(String text) {
        return text.length() <= NAME_LENGTH && NAME.matcher(text).matches();
    }

    private static boolean isValue(String text) {
        return text.isEmpty() || isName(text);
    }

    private static RuntimeException none(String subject, String label) {
        String said = label.length() <= 80 ? label : label.substring(0, 80) + "…";
        return new Refusal.Invalid(
                        "'%s' is no label for %s".formatted(said, subject),
                        "write it as for Kubernetes, name=value: each of at most %d letters, digits, '-', '_' and '.',"
                                        .formatted(NAME_LENGTH)
                                + " with a letter or digit at both ends; before the name may stand a DNS name in lower"
                                + " case and a '/', as in example.com/disk=ssd")
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
