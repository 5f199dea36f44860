package io.orlop.store.door;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/// A connection, by what its client does just now. The connection's thread says so, any thread may ask.
///
/// ```
///   GREETS ─┬─► ASKS ─► IS_SERVED ─► RESTS ─► ASKS …      HTTP/1.1
///           └─► STAYS ⇄ IS_SERVED                         HTTP/2
/// ```
final class Guest {
    enum Doing {
        /// Neither the handshake of TLS nor the first request, or the beginning of HTTP/2, is whole.
        GREETS,
        /// Says what it wants: the body of a request comes.
        ASKS,
        /// Was answered, and may ask again.
        RESTS,
        /// Has no streams, which etcd's clients may for as long as they like.
        STAYS,
        IS_SERVED
    }

    /// A body has to come so fast that there are so many bytes in the time that a greeting may take.
    private static final int BODY_BYTES_MIN = 10 << 10;

    private static final Duration REST = Duration.ofMinutes(5);

    private final Channel channel;
    private final LongSupplier nanos;
    private final AtomicBoolean leaves = new AtomicBoolean();
    private int bodyBytes;

    /// Written before what it does since then, and by one thread: that is enough of an order for those who ask,
    /// and costs next to nothing with each call.
    private final AtomicLong sinceNanos = new AtomicLong();

    private final AtomicReference<Doing> doing = new AtomicReference<>(Doing.GREETS);

    Guest(Channel channel, LongSupplier nanos) {
        this.channel = channel;
        this.nanos = nanos;
        sinceNanos.setRelease(nanos.getAsLong());
    }

    void does(Doing what) {
        bodyBytes = 0;
        sinceNanos.setRelease(nanos.getAsLong());
        doing.setRelease(what);
    }

    Doing doing() {
        return doing.getAcquire();
    }

    /// More of a body came.
    void says(int bytes) {
        bodyBytes += bytes;
        if (doing() == Doing.ASKS && bodyBytes >= BODY_BYTES_MIN) does(Doing.ASKS);
    }

    boolean isOverdue(Duration patience) {
        return switch (doing()) {
            case GREETS, ASKS -> forNanos() > patience.toNanos();
            case RESTS -> forNanos() > REST.toNanos();
            case STAYS, IS_SERVED -> false;
        };
    }

    /// How long it does what it does.
    long forNanos() {
        return nanos.getAsLong() - sinceNanos.getAcquire();
    }

    boolean leaves() {
        return leaves.get();
    }

    /// Is sent away, with a goodbye if it knows any; unless it does something else by the time that its thread
    /// hears so.
    ///
    /// @param ifItStays is done then
    /// @return false if it leaves already
    boolean sendAway(Runnable ifItStays) {
        if (!leaves.compareAndSet(false, true)) return false;
        long then = sinceNanos.getAcquire();
        channel.eventLoop().execute(() -> {
            if (doing() == Doing.IS_SERVED || sinceNanos.getAcquire() != then) {
                leaves.set(false);
                ifItStays.run();
                return;
            }
            channel.close();
            // Who takes nothing would not take the goodbye either.
            channel.unsafe().close(channel.newPromise());
        });
        return true;
    }
}
