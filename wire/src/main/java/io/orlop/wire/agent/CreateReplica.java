package io.orlop.wire.agent;

import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import java.util.List;

public record CreateReplica(
        ReplicaId replica,
        String name,
        PoolId pool,
        Bytes size,
        boolean thin,
        ShareProtocol share,
        List<AllowedHost> hosts) {}
