package io.orlop.volume.copies;

/// How good a copy is for its volume. The first to be given up comes first.
public enum Condition {
    /// It cannot be reached.
    LOST,
    /// It can be reached, and the nexus has given it up.
    FAULTED,
    /// The nexus is just giving it up.
    LETTING_GO,
    /// It can be reached, and holds nothing of use.
    SPARE,
    REBUILDING,
    HEALTHY
}
