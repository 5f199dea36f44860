package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A nexus as promised and as observed; at least one of them is there.
public record Nexus(NexusId uuid, @Nullable NexusSpec spec, @Nullable NexusState state) {}
