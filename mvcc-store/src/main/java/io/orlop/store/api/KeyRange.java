package io.orlop.store.api;

import java.util.Arrays;

/// Keys from `from` (included) to `to` (excluded), written as the API writes them: an empty `to` is the one key
/// `from`, and the single byte 0 is the end of all keys.
public record KeyRange(Octets from, Octets to) {
    private static final Octets NO_END = Octets.wrap(new byte[] {0});

    public static KeyRange single(Octets key) {
        return new KeyRange(key, Octets.EMPTY);
    }

    public static KeyRange startingAt(Octets key) {
        return new KeyRange(key, NO_END);
    }

    public static KeyRange all() {
        return startingAt(NO_END);
    }

    public static KeyRange prefix(Octets prefix) {
        byte[] end = prefix.array().clone();
        for (int last = end.length - 1; last >= 0; last--) {
            if (end[last] != (byte) 0xff) {
                end[last]++;
                return new KeyRange(prefix, Octets.wrap(Arrays.copyOf(end, last + 1)));
            }
        }
        return prefix.isEmpty() ? all() : startingAt(prefix);
    }

    public boolean isSingle() {
        return to.isEmpty();
    }

    public boolean isOpen() {
        return to.length() == 1 && to.array()[0] == 0;
    }

    /// Whether no key can be in it. An open end is not a small end.
    public boolean isNothing() {
        return !isSingle() && !isOpen() && to.compareTo(from) <= 0;
    }

    public boolean contains(Octets key) {
        if (isSingle()) return key.equals(from);
        return key.compareTo(from) >= 0 && (isOpen() || key.compareTo(to) < 0);
    }
}
