package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// How much a pool may promise, and with thin replicas how far that may be more than there is. Whoever places a replica
/// and whoever reports what can be placed ask here.
///
/// @param poolPercent of a pool's capacity that may be promised in all
/// @param volumePercent of a thin replica's size that must be free when it is made, as most of it is written later
/// @param slack what any pool must have free before a thin replica is put into it
public record Commitment(int poolPercent, int volumePercent, Bytes slack) {
    public static final Commitment DEFAULT = new Commitment(250, 40, Bytes.mib(16));

    /// What a new thin replica of this size needs free.
    public Bytes initial(Bytes size) {
        return share(size, volumePercent);
    }

    /// Why what is left does not suffice for a replica of this size; `null` if it does.
    public @Nullable String refusal(Room room, Bytes size, boolean thin) {
        Bytes whole = room.occupied(size);
        if (!thin) {
            return room.free().atLeast(whole) ? null : "it has %s free and needs %s".formatted(room.free(), whole);
        }
        Bytes initial = initial(size);
        Bytes needed = initial.moreThan(slack) ? initial : slack;
        if (!room.free().moreThan(needed)) {
            return "it has %s free and a thin replica needs more than %s".formatted(room.free(), needed);
        }
        Bytes promised = room.committed().plus(whole);
        Bytes limit = share(room.capacity(), poolPercent);
        return limit.moreThan(promised)
                ? null
                : "it would promise %s, and may promise less than %s, %d%% of its capacity"
                        .formatted(promised, limit, poolPercent);
    }

    /// The largest replica that a pool takes, in whole clusters; zero if it takes none. What refuses one refuses every
    /// larger one, so it is found by halving what is left to doubt.
    public Bytes largest(Room room, boolean thin) {
        long unit = room.clusterSize().isZero() ? 1 : room.clusterSize().count();
        long taken = 0;
        long refused = room.usable() ? room.capacity().count() / unit + 1 : 1;
        while (refused - taken > 1) {
            long between = taken + (refused - taken) / 2;
            if (refusal(room, Bytes.of(between * unit), thin) == null) taken = between;
            else refused = between;
        }
        return Bytes.of(taken * unit);
    }

    private static Bytes share(Bytes whole, int percent) {
        // Split, so that a pool of exbibytes does not overflow.
        long count = whole.count();
        return Bytes.of(count / 100 * percent + count % 100 * percent / 100);
    }
}
