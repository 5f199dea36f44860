package io.orlop.store.door;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// @param streamsMax calls that one connection may have at once
/// @param pingMin a client that asks more often whether we are there is sent away
/// @param pingEvery how long a connection is silent until it is asked whether it is there; zero for never
/// @param pingTimeout how long it then has to answer
/// @param tls for the addresses that are to be safe
public record DoorOptions(
        long streamsMax, Duration pingMin, Duration pingEvery, Duration pingTimeout, @Nullable Tls tls) {
    public static DoorOptions defaults() {
        return new DoorOptions(0xffff_ffffL, Duration.ofSeconds(5), Duration.ofHours(2), Duration.ofSeconds(20), null);
    }

    public DoorOptions tls(Tls certificates) {
        return new DoorOptions(streamsMax, pingMin, pingEvery, pingTimeout, certificates);
    }
}
