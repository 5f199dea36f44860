package io.orlop.store.door;

import io.orlop.store.engine.HeapShares;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// @param streamsMax calls that one connection may have at once
/// @param pingMin a client that asks more often whether we are there is sent away
/// @param pingEvery how long a connection is silent until it is asked whether it is there; zero for never
/// @param pingTimeout how long it then has to answer
/// @param patience how long a client may take to say what it wants, and for each mebibyte of a large answer that keeps
///     others from theirs
/// @param memoryBytes what all connections and what waits for them may take in memory
/// @param share of the process's files that are there for connections: a process may have several doors
/// @param tls for the addresses that are to be safe
public record DoorOptions(
        long streamsMax,
        Duration pingMin,
        Duration pingEvery,
        Duration pingTimeout,
        Duration patience,
        long memoryBytes,
        double share,
        @Nullable Tls tls) {
    public static final Duration PATIENCE = Duration.ofSeconds(10);

    public static DoorOptions defaults() {
        return new DoorOptions(
                0xffff_ffffL,
                Duration.ofSeconds(5),
                Duration.ofHours(2),
                Duration.ofSeconds(20),
                PATIENCE,
                HeapShares.usual().door(),
                1,
                null);
    }

    public DoorOptions tls(Tls certificates) {
        return new DoorOptions(streamsMax, pingMin, pingEvery, pingTimeout, patience, memoryBytes, share, certificates);
    }

    public DoorOptions streamsMax(long streams) {
        return new DoorOptions(streams, pingMin, pingEvery, pingTimeout, patience, memoryBytes, share, tls);
    }

    public DoorOptions patience(Duration most) {
        return new DoorOptions(streamsMax, pingMin, pingEvery, pingTimeout, most, memoryBytes, share, tls);
    }

    public DoorOptions memoryBytes(long bytes) {
        return new DoorOptions(streamsMax, pingMin, pingEvery, pingTimeout, patience, bytes, share, tls);
    }

    /// For one of several doors, which share memory and files.
    public DoorOptions share(double some) {
        long bytes = (long) (memoryBytes * some);
        return new DoorOptions(streamsMax, pingMin, pingEvery, pingTimeout, patience, bytes, share * some, tls);
    }
}
