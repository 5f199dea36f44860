package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A pool as promised and as observed; at least one of them is there.
public record Pool(PoolId id, @Nullable PoolSpec spec, @Nullable PoolState state) {}
