package io.orlop.model;

import java.util.List;

/// A replica as its node reports it.
///
/// @param uri `bdev:///{name}?uuid={uuid}`, and `nvmf+tcp://{address}:{port}/{nqn}?uuid={uuid}` while it is shared
public record ReplicaState(
        ReplicaId uuid,
        String name,
        NodeId node,
        PoolId pool,
        PoolUuid poolUuid,
        Bytes size,
        boolean thin,
        ShareProtocol share,
        String uri,
        List<String> hosts,
        ReplicaSpace space,
        ReplicaKind kind,
        ReplicaStatus status) {
    public ReplicaState {
        hosts = List.copyOf(hosts);
    }

    /// How the replica's own node names it, shared or not.
    public String localUri() {
        return "bdev:///" + name + "?uuid=" + uuid;
    }

    /// The same with so much allocated.
    public ReplicaState using(ReplicaSpace space) {
        return new ReplicaState(uuid, name, node, pool, poolUuid, size, thin, share, uri, hosts, space, kind, status);
    }

    /// Whether nothing but how much is allocated tells them apart.
    public boolean sameButUsage(ReplicaState other) {
        return using(other.space).equals(other);
    }
}
