package io.orlop.store.door;

import java.util.function.Consumer;

/// What is behind a door.
///
/// @param pages serves what is not gRPC
/// @param messageBytesMax a larger message is refused before it is read
public record Served(Methods methods, Consumer<Exchange> pages, int messageBytesMax) {
    /// What a message takes as JSON, its bytes in base64, with some room.
    int bodyBytesMax() {
        return (int) Math.min(Integer.MAX_VALUE, 2L * messageBytesMax);
    }
}
