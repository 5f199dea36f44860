package io.orlop.gateway.v0;

import java.util.List;
import org.jspecify.annotations.Nullable;

record CreateNexusBody(@Nullable List<String> children, @Nullable Long size) {}
