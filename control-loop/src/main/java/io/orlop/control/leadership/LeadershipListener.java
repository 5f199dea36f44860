package io.orlop.control.leadership;

import io.orlop.control.keyspace.Fence;

/// Hears when this copy begins and ends to lead; never two calls at a time. Called on the thread that keeps the lease
/// alive: what takes time belongs on another.
public interface LeadershipListener {
    /// This copy leads. Others led before: read before you decide.
    void acquired(Fence fence);

    /// This copy leads no more: start nothing.
    void lost(String why);
}
