package io.orlop.store.door;

import io.netty.channel.ChannelHandlerContext;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Answers that take of what all clients share until this one has taken them. Where others need it, it is not left to
/// him how long that is: he takes a mebibyte in the time that he has, or the answer is given up. So what a client has
/// reserved goes back after a time that depends on its size alone.
///
/// ```
///   taken   │▓▓▓ 3 MiB ▓▓▓│▓ 1 MiB ▓│▓ 200 KiB ─► scarce? ─► RST_STREAM ─► still there? ─► the connection ends
///            patience      patience  patience
/// ```
/// Belongs to the connection's thread.
final class Debts {
    private static final int BYTES_MIN = 1 << 20;

    private final Duration patience;
    private final Map<Object, Debt> open = new IdentityHashMap<>();
    private boolean looking;

    private static final class Debt {
        final BooleanSupplier isScarce;
        final Runnable giveUp;
        int answers;
        int taken;
        /// It began within the time that is over, and had not all of it.
        boolean fresh = true;

        Debt(BooleanSupplier isScarce, Runnable giveUp) {
            this.isScarce = isScarce;
            this.giveUp = giveUp;
        }
    }

    Debts(Duration patience) {
        this.patience = patience;
    }

    /// @param whose of one stream there may be many answers, or parts; each of them [#ends]
    /// @param isScarce whether others do without while this is not taken
    /// @param giveUp should have all of them end; what does not ends with the connection
    void begins(ChannelHandlerContext ctx, Object whose, BooleanSupplier isScarce, Runnable giveUp) {
        open.computeIfAbsent(whose, _ -> new Debt(isScarce, giveUp)).answers++;
        if (!looking) look(ctx);
    }

    void ends(Object whose) {
        Debt debt = open.get(whose);
        if (debt != null && --debt.answers == 0) open.remove(whose);
    }

    void took(Object whose, int bytes) {
        Debt debt = open.isEmpty() ? null : open.get(whose);
        if (debt != null) debt.taken += bytes;
    }

    private void look(ChannelHandlerContext ctx) {
        looking = true;
        ctx.executor()
                .schedule(
                        () -> {
                            looking = false;
                            giveUpOverdue(ctx);
                            if (!open.isEmpty()) look(ctx);
                        },
                        patience.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    private void giveUpOverdue(ChannelHandlerContext ctx) {
        for (Object whose : List.copyOf(open.keySet())) {
            Debt debt = open.get(whose);
            if (debt == null) continue;
            boolean overdue = !debt.fresh && debt.taken < BYTES_MIN && debt.isScarce.getAsBoolean();
            debt.fresh = false;
            debt.taken = 0;
            if (!overdue) continue;
            debt.giveUp.run();
            // What the channel or the socket has of it goes with the channel only, and a reset waits behind it.
            if (open.containsKey(whose))
                ctx.channel().unsafe().close(ctx.channel().newPromise());
        }
    }
}
