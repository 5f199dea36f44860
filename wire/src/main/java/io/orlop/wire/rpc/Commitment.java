package io.orlop.wire.rpc;

import io.grpc.Context;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A change that somebody asked for goes on when they leave: what is half done would only have to be found and mended
/// later. It has a time limit of its own, which its calls inwards inherit.
///
/// ```
///   caller   ── create, 8 ms ──►│ gone
///   service                     │ promise ─► pools (up to 60 s) ─► outcome
/// ```
public final class Commitment {
    /// As long as a patient client of ours waits for an answer.
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private static final ScheduledThreadPoolExecutor CLOCK = clock();

    private Commitment() {}

    private static ScheduledThreadPoolExecutor clock() {
        var clock = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("commitments").factory());
        clock.setRemoveOnCancelPolicy(true);
        return clock;
    }

    /// Does it, whether its caller waits or not.
    public static <R extends @Nullable Object> R keep(Callable<R> work) throws Exception {
        Context.CancellableContext own =
                Context.current().fork().withDeadlineAfter(LONGEST.toNanos(), TimeUnit.NANOSECONDS, CLOCK);
        try {
            return own.call(work);
        } finally {
            own.cancel(null);
        }
    }
}
