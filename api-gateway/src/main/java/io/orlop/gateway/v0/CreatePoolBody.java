package io.orlop.gateway.v0;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// @param disks exactly one
record CreatePoolBody(@Nullable List<String> disks, @Nullable Map<String, String> labels) {}
