package io.orlop.volume.copies;

/// Whether a replica's node has it.
public enum Presence {
    /// The node is online and reports the replica as usable.
    HERE,
    /// The node is online and reports the replica as faulted, or does not report it.
    BROKEN,
    /// The node is not online.
    AWAY
}
