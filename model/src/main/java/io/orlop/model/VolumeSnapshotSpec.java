package io.orlop.model;

/// A snapshot of a volume, as promised. Kept at `/snapshots/{uuid}`.
public record VolumeSnapshotSpec(SnapshotId uuid, VolumeId source, SpecStatus status) {}
