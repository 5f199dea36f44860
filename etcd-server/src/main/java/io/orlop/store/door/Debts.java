package io.orlop.store.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Answers that take of what all clients share until this one has taken them. Where others need it, it is not left to
/// him how long that is: he takes a mebibyte in the time that he has, or the answer is given up. So what a client has
/// reserved goes back after a time that depends on its size alone.
///
/// ```
///   taken   │▓▓▓ 3 MiB ▓▓▓│▓ 1 MiB ▓│▓ 200 KiB ─► scarce? ─► RST_STREAM
///            patience      patience  patience
/// ```
/// Belongs to the connection's thread.
final class Debts {
    private static final int BYTES_MIN = 1 << 20;

    private final Duration patience;
    private final Map<Http2Stream, Debt> open = new IdentityHashMap<>();
    private boolean looking;

    private static final class Debt {
        final Encoded answer;
        int taken;
        /// It began within the time that is over, and had not all of it.
        boolean fresh = true;

        Debt(Encoded answer) {
            this.answer = answer;
        }
    }

    Debts(Duration patience) {
        this.patience = patience;
    }

    void begins(ChannelHandlerContext ctx, GrpcConnection connection, Http2Stream stream, Encoded answer) {
        open.put(stream, new Debt(answer));
        if (!looking) look(ctx, connection);
    }

    void ends(Http2Stream stream) {
        open.remove(stream);
    }

    void took(Http2Stream stream, int bytes) {
        Debt debt = open.isEmpty() ? null : open.get(stream);
        if (debt != null) debt.taken += bytes;
    }

    private void look(ChannelHandlerContext ctx, GrpcConnection connection) {
        looking = true;
        ctx.executor()
                .schedule(
                        () -> {
                            looking = false;
                            giveUpOverdue(ctx, connection);
                            if (!open.isEmpty()) look(ctx, connection);
                        },
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void giveUpOverdue(ChannelHandlerContext ctx, GrpcConnection connection) {
        for (Http2Stream stream : List.copyOf(open.keySet())) {
            Debt debt = open.get(stream);
            if (debt == null) continue;
            boolean overdue = !debt.fresh && debt.taken < BYTES_MIN && debt.answer.isScarce();
            debt.fresh = false;
            debt.taken = 0;
            if (!overdue) continue;
            open.remove(stream);
            connection.resetStream(ctx, stream.id(), Http2Error.ENHANCE_YOUR_CALM.code(), ctx.newPromise());
            connection.flush(ctx);
            // What the channel has of it goes with the channel only.
            if (!ctx.channel().isWritable())
                ctx.channel().unsafe().close(ctx.channel().newPromise());
        }
    }
}
