package io.orlop.wire.ioengine;

import java.time.Duration;

/// How long a node may take for an answer; those of Mayastor's control plane. Nothing waits longer than 59 seconds,
/// after which its REST API has given up.
final class CallLimits {
    static final Duration QUERY = Duration.ofSeconds(6);
    static final Duration REPLICA = Duration.ofSeconds(15);
    static final Duration NEXUS_SHUTDOWN = Duration.ofSeconds(15);
    static final Duration POOL = Duration.ofSeconds(20);
    static final Duration NEXUS = Duration.ofSeconds(30);
    static final Duration POOL_IMPORT = Duration.ofSeconds(59);
    static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private CallLimits() {}
}
