package io.orlop.wire.agent;

import io.orlop.model.PoolId;
import java.util.List;

public record CreatePool(PoolId pool, List<String> disks) {}
