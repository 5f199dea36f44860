package io.orlop.wire.service;

import io.orlop.model.VolumeId;

/// For whom something is destroyed: a volume, by what its spec said. Whoever decided it may lead no more when the call
/// arrives, and the next leader may have decided otherwise; then the spec has changed, and nothing is destroyed.
///
/// ```
///   leader ── promise at 17 ── delete(b, 17) ·····late·····► pool-scheduler: the spec is of 19, Conflict
///   next leader ──────────── taken back at 19
/// ```
///
/// @param revision in which the store last changed the volume's key; 0 where there is no such volume any more
public record Mandate(VolumeId volume, long revision) {}
