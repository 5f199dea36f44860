package io.orlop.store.door;

import java.util.function.Consumer;

/// What is behind a door.
///
/// @param pages serves what is not gRPC
/// @param messageBytesMax a larger message is refused before it is read
public record Served(Methods methods, Consumer<Exchange> pages, int messageBytesMax) {}
