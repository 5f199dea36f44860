package io.orlop.wire.service;

import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;
import java.util.List;

/// For whom a replica is destroyed, and what that rests on: a volume, by what its spec said, and the copies of it that
/// stay. Whoever decided it may lead no more when the call arrives, and the next leader may have decided otherwise; or
/// has not heard yet that one of those copies is on its way out, too. Then nothing is destroyed.
///
/// ```
///   leader ── promise at 17 ── delete(b, 17) ·····late·····► pool-scheduler: the spec is of 19, Conflict
///   next leader ──────────── taken back at 19
///
///   leader ── delete(b, a stays) ──► b is on its way out
///   a late reader ── delete(a, b stays) ───────────────────► Conflict
/// ```
///
/// @param revision in which the store last changed the volume's key; 0 where there is no such volume any more
/// @param staying without these the volume would lose its last healthy copy; empty where all may go
public record Mandate(VolumeId volume, long revision, List<ReplicaId> staying) {
    public Mandate {
        staying = List.copyOf(staying);
    }

    /// The volume itself is going, or gone.
    public static Mandate ofAll(VolumeId volume, long revision) {
        return new Mandate(volume, revision, List.of());
    }
}
