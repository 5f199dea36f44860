package io.orlop.wire.rpc;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// How a peer is noticed that fell silent: its power was cut or its cable pulled, and nothing came to say so. Whoever
/// waits for it, as the reader of a feed does without a limit, would wait for as long as TCP has patience.
///
/// ```
///   the last byte heard ── 10 s ──► "are you there?" ── 5 s ──► the line is broken, and what waits for it Unavailable
/// ```
///
/// Only while something waits. gRPC asks no more often than that, and a server may take more than it permits for an
/// attack: ours permit every 5 s (`orlop-process.yml`), as two clocks never agree, and io-engine's anything.
public final class KeepAlive {
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private KeepAlive() {}

    public static void of(ManagedChannelBuilder<?> line) {
        line.keepAliveTime(QUIET.toNanos(), TimeUnit.NANOSECONDS)
                .keepAliveTimeout(PATIENCE.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// A line to a peer that knows nothing of Spring's settings: an agent, or the copy that an agent's word is passed
    /// on to. Not connected yet.
    ///
    /// @throws IllegalArgumentException if this is no target
    public static ManagedChannel line(String target) {
        ManagedChannelBuilder<?> line = Grpc.newChannelBuilder(target, InsecureChannelCredentials.create());
        of(line);
        return line.build();
    }
}
