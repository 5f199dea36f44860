package io.orlop.benchmarks.store;

import io.orlop.store.api.Octets;
import java.nio.charset.StandardCharsets;

/// Keys as a keyspace has them: long prefixes that many share, arriving in no order.
record Keys(int count) {
    /// Spreads neighbours far apart, and is prime to every count that is no multiple of it.
    private static final long STEP = 611_953;

    private static final byte[] PREFIX = "/orlop/volumes/".getBytes(StandardCharsets.UTF_8);
    private static final int DIGITS = 8;

    /// The key that arrives as number `i`.
    Octets arriving(long i) {
        return at(Math.floorMod(i * STEP, (long) count));
    }

    /// The key that is number `i` in order.
    Octets at(long i) {
        byte[] key = new byte[PREFIX.length + DIGITS];
        System.arraycopy(PREFIX, 0, key, 0, PREFIX.length);
        long rest = i;
        for (int at = key.length - 1; at >= PREFIX.length; at--) {
            key[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        return Octets.wrap(key);
    }
}
