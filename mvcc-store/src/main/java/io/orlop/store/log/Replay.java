package io.orlop.store.log;

import java.io.IOException;

/// Hears everything the log says when it is opened.
public interface Replay {
    /// A change of a key in one of the closed segments, without its value. All of these come first: keys in order, and
    /// the changes of a key as they happened.
    ///
    /// @param settled whether it can be looked up: see [Segments#lastBefore]
    default void sorted(LogRecord change, long location, boolean settled) {
        record(change, location);
    }

    /// Closed segments that have no footer take so much memory until the changes of all of them were sorted.
    ///
    /// @throws IOException if that is too much
    default void holds(long bytes) throws IOException {}

    /// What else the log says, in order. Values are left out: they stay on the disk.
    void record(LogRecord record, long location);

    /// The frame is over; this is the store's revision after it.
    void frame(long revision);
}
