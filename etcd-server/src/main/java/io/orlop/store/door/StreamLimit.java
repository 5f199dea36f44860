package io.orlop.store.door;

import java.util.concurrent.TimeUnit;

/// How many streams a client may have at once, and what it sends for those that are over. Belongs to the connection's
/// thread.
///
/// ```
///   client   HEADERS 7 │ DATA 7 │ DATA 7 │ WINDOW_UPDATE 7 │ …      sent before it hears of the refusal
///   door     RST_STREAM 7, REFUSED_STREAM                           and of the rest nothing
/// ```
/// The codec would take the frames of a stream that it refused for frames of one that never was, and hang up.
/// So it is told of no limit, and the stream is refused here, after it began.
final class StreamLimit {
    /// Some windows full of small frames; answers to them there are none, so they cost nothing but the reading.
    private static final int LATE_MAX = 100_000;

    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final long most;
    private int late;
    private long lateSinceNanos;

    StreamLimit(long most) {
        this.most = most;
    }

    /// @param active streams that the codec knows, with the new one
    boolean isExceeded(int active) {
        return active > most;
    }

    /// A frame came for a stream that is over.
    ///
    /// @return whether there are too many of them
    boolean lateTooOften(long nowNanos) {
        if (late == 0 || nowNanos - lateSinceNanos > LATE_NANOS) {
            late = 0;
            lateSinceNanos = nowNanos;
        }
        return ++late > LATE_MAX;
    }
}
