package io.orlop.wire.ioengine;

import com.google.protobuf.Timestamp;
import java.time.Instant;

/// Points in time on the wire.
final class Timestamps {
    private Timestamps() {}

    static Timestamp proto(Instant instant) {
        return Timestamp.newBuilder()
                .setSeconds(instant.getEpochSecond())
                .setNanos(instant.getNano())
                .build();
    }

    static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }
}
