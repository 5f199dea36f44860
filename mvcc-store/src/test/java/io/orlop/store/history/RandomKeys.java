package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.random.RandomGenerator;

/// Keys that are often alike at their beginning, sometimes the beginning of one another, and of every byte there is.
final class RandomKeys {
    private static final byte[][] BEGINNINGS = {{}, {'a'}, {'a', '/', 'b', '/'}, {'a', '/', 'c'}, {0}, {-1, -1}};

    private RandomKeys() {}

    static Octets any(RandomGenerator random) {
        byte[] beginning = BEGINNINGS[random.nextInt(BEGINNINGS.length)];
        byte[] key = new byte[beginning.length + 1 + random.nextInt(3)];
        System.arraycopy(beginning, 0, key, 0, beginning.length);
        for (int i = beginning.length; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 'a' + random.nextInt(12));
        }
        return Octets.wrap(key);
    }
}
