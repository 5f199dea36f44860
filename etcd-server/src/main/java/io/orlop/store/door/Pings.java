package io.orlop.store.door;

import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Who asks whom whether he is there, and how often. A client that asks too often is sent away, as etcd does it: two
/// hasty questions are forgiven, and all of them when an answer of ours goes out in between.
final class Pings {
    private static final int FORGIVEN = 2;
    private static final Duration WITHOUT_CALLS = Duration.ofHours(2);

    private final DoorOptions options;
    private final GrpcConnection connection;
    private final Spoken spoken;
    private long askedAtNanos;
    private boolean asked;
    private int hasty;
    private boolean heard;
    private boolean waiting;
    private @Nullable ScheduledFuture<?> next;

    Pings(DoorOptions options, GrpcConnection connection, Spoken spoken) {
        this.spoken = spoken;
        this.options = options;
        this.connection = connection;
    }

    void begin() {
        if (!options.pingEvery().isZero()) schedule(options.pingEvery());
    }

    private void schedule(Duration wait) {
        next = connection.context().executor().schedule(this::look, wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void look() {
        if (waiting && !heard) {
            connection.context().channel().close();
            return;
        }
        boolean silent = !heard;
        heard = false;
        waiting = silent;
        if (silent) {
            var ctx = connection.context();
            connection.encoder().writePing(ctx, false, 0x6f726c6f70L, ctx.newPromise());
            ctx.flush();
        }
        schedule(silent ? options.pingTimeout() : options.pingEvery());
    }

    void end() {
        if (next != null) next.cancel(false);
    }

    /// Something came from the client.
    void heard() {
        heard = true;
    }

    void answered() {
        heard = true;
    }

    /// We sent something of substance.
    void spoke() {
        hasty = 0;
        asked = false;
    }

    void asked(boolean duringCalls) {
        heard = true;
        if (spoken.take()) spoke();
        long now = System.nanoTime();
        Duration least = duringCalls ? options.pingMin() : WITHOUT_CALLS;
        if (asked && now - askedAtNanos < least.toNanos()) hasty++;
        asked = true;
        askedAtNanos = now;
        if (hasty > FORGIVEN) connection.sendAway("too_many_pings");
    }
}
