package io.orlop.wire.service;

import io.orlop.model.Bytes;
import io.orlop.model.Limits;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import java.util.List;

/// A replica made by hand, in a pool of the caller's choice.
public record CreateReplicaSpec(
        ReplicaId replica, PoolId pool, Bytes size, boolean thin, ShareProtocol share, List<String> hosts) {
    public CreateReplicaSpec {
        Limits.checked("replica " + replica, size);
        hosts = List.copyOf(Limits.hosts("replica " + replica, hosts));
    }
}
