package io.orlop.volume;

import io.orlop.model.Bytes;
import io.orlop.model.PoolState;
import io.orlop.model.VolumeId;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/// Volumes that found no room for another copy, and how much they need. How full pools are changes all the time and
/// wakes nobody; who is here is woken when a pool's free room grows beyond what it needs.
final class RoomSeekers {
    private final Map<VolumeId, Bytes> needs = new ConcurrentSkipListMap<>();

    void add(VolumeId volume, Bytes needed) {
        needs.put(volume, needed);
    }

    void remove(VolumeId volume) {
        if (!needs.isEmpty()) needs.remove(volume);
    }

    /// Whom to wake because a pool has crossed what they asked for. If it was not enough, they look again with whoever
    /// is blocked.
    void crossed(PoolState before, PoolState now, Consumer<VolumeId> wake) {
        if (needs.isEmpty() || !now.free().moreThan(before.free())) return;
        needs.forEach((volume, needed) -> {
            if (now.free().atLeast(needed) && !before.free().atLeast(needed)) wake.accept(volume);
        });
    }

    /// Whom to wake because there is another pool, one is back, or one may be used that might not before.
    void poolCame(Consumer<VolumeId> wake) {
        needs.keySet().forEach(wake);
    }
}
