package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Feature;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a host may set on a controller. Most settings are only remembered: they steer hardware we do not have.
final class Features {
    private static final int[] REMEMBERED = {0x01, 0x02, 0x04, 0x05, Feature.VOLATILE_WRITE_CACHE, 0x08, 0x09, 0x0A, 0x16};

    private final TreeMap<Integer, Integer> values = new TreeMap<>();

    Features() {
        for (int feature : REMEMBERED) values.put(feature, 0);
        values.put(Feature.VOLATILE_WRITE_CACHE, 1);
    }

    /// The value, or nothing if it is not one of those remembered here.
    @Nullable
    Integer get(int feature) {
        return values.get(feature);
    }

    boolean set(int feature, int value) {
        return values.replace(feature, value) != null;
    }
}
