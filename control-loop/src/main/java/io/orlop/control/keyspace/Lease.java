package io.orlop.control.keyspace;

import java.time.Duration;

/// A promise to come back: when nobody has kept it alive for its time to live, the store deletes the keys under it.
///
/// @param ttl as granted, which may be more than was asked for
public record Lease(long id, Duration ttl) {}
