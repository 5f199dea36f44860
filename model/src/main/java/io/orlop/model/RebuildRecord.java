package io.orlop.model;

import java.time.Instant;

/// One rebuild of one child, finished or not.
public record RebuildRecord(
        String childUri,
        String sourceUri,
        RebuildState state,
        long blocksTotal,
        long blocksRecovered,
        long blocksTransferred,
        long blocksRemaining,
        long blockSize,
        boolean partial,
        Instant start,
        Instant end) {}
