package io.orlop.disk;

import java.lang.foreign.MemorySegment;

/// What is left of a look into a file's memory. When a mapping is closed, the JVM sends an exception to every thread
/// that looks into it just then, and marks the thread as interrupted, so that it would notice in a wait, too. Nobody
/// meant to interrupt it: the next thing that it waits for would fail, or the thread take it for its end.
public final class Looked {
    private Looked() {}

    /// To be called after each look, whether it succeeded or not. Should somebody really interrupt the thread in the
    /// very moment in which the mapping is closed, that is not heard.
    ///
    /// @param wasInterrupted whether the thread was interrupted before it looked
    public static void into(MemorySegment there, boolean wasInterrupted) {
        if (!wasInterrupted
                && Thread.currentThread().isInterrupted()
                && !there.scope().isAlive()) {
            boolean _ = Thread.interrupted();
        }
    }
}
