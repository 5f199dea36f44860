package io.orlop.model;

/// A change to a volume, written before it is attempted and cleared once it is kept.
public sealed interface VolumeOperation {
    record SetReplicas(int count) implements VolumeOperation {}

    record Publish(Publication.Published target) implements VolumeOperation {}

    record Unpublish() implements VolumeOperation {}
}
