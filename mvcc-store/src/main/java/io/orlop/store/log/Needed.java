package io.orlop.store.log;

import io.orlop.store.api.Octets;

/// Which changes somebody may still ask for, as of one compaction.
public interface Needed {
    /// Whether a reader, or a watch, at the compacted revision or later would miss this change.
    boolean isNeeded(Octets key, long main, int sub, boolean tombstone);

    /// Whether the index itself points to the record there, so that it wants to know where it goes. What it does not
    /// point to now it never will again.
    boolean isPointedTo(Octets key, long main, int sub, long location);
}
