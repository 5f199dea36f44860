package io.orlop.scheduler.placement;

import io.orlop.model.Bytes;

/// How far thin replicas may promise more than there is.
///
/// @param poolPercent of a pool's capacity that may be promised in all
/// @param volumePercent of a thin replica's size that must be free when it is made, as most of it is written later
/// @param slack what any pool must have free before a thin replica is put into it
public record Commitment(int poolPercent, int volumePercent, Bytes slack) {
    public static final Commitment DEFAULT = new Commitment(250, 40, Bytes.mib(16));

    /// What a new thin replica of this size needs free.
    Bytes initial(Bytes size) {
        return share(size, volumePercent);
    }

    /// How much of the capacity may be promised.
    Bytes limit(Bytes capacity) {
        return share(capacity, poolPercent);
    }

    private static Bytes share(Bytes whole, int percent) {
        // Split, so that a pool of exbibytes does not overflow.
        long count = whole.count();
        return Bytes.of(count / 100 * percent + count % 100 * percent / 100);
    }
}
