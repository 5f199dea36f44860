package io.orlop.store.log;

/// Hears everything the log says when it is opened, in order.
public interface Replay {
    /// Values are left out: they stay on the disk.
    void record(LogRecord record, long location);

    /// The frame is over; this is the store's revision after it.
    void frame(long revision);
}
