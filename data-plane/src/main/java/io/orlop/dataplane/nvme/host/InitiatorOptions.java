package io.orlop.dataplane.nvme.host;

import java.time.Duration;

/// How an initiator connects and how patient it is. A command that is not answered within `ioTimeout` ends the
/// whole connection: who mirrors would rather lose a copy than wait for it.
public record InitiatorOptions(
        int ioQueues,
        int queueDepth,
        Duration connectTimeout,
        Duration ioTimeout,
        Duration keepAlive,
        boolean headerDigest,
        boolean dataDigest) {
    public InitiatorOptions {
        if (ioQueues < 1) throw new IllegalArgumentException("an initiator needs an I/O queue, not " + ioQueues);
        if (queueDepth < 1 || queueDepth > 1024) {
            throw new IllegalArgumentException("a queue depth is 1 to 1024, not " + queueDepth);
        }
    }

    /// What Mayastor's nexus uses towards remote replicas.
    public static InitiatorOptions defaults() {
        return new InitiatorOptions(
                2, 64, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(10), false, false);
    }

    public InitiatorOptions withQueues(int count, int depth) {
        return new InitiatorOptions(count, depth, connectTimeout, ioTimeout, keepAlive, headerDigest, dataDigest);
    }

    public InitiatorOptions withTimeouts(Duration connect, Duration io) {
        return new InitiatorOptions(ioQueues, queueDepth, connect, io, keepAlive, headerDigest, dataDigest);
    }

    public InitiatorOptions withKeepAlive(Duration time) {
        return new InitiatorOptions(ioQueues, queueDepth, connectTimeout, ioTimeout, time, headerDigest, dataDigest);
    }

    public InitiatorOptions withDigests(boolean header, boolean data) {
        return new InitiatorOptions(ioQueues, queueDepth, connectTimeout, ioTimeout, keepAlive, header, data);
    }
}
