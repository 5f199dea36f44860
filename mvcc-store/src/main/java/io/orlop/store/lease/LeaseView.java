package io.orlop.store.lease;

import io.orlop.store.api.Octets;
import java.util.List;

/// A lease as its holder may see it.
///
/// @param remainingSeconds rounded down
public record LeaseView(long id, long ttlSeconds, long remainingSeconds, List<Octets> keys) {}
