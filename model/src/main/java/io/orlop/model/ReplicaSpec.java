package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One copy of a volume's blocks, as promised. Kept at `/replicas/{uuid}`.
///
/// @param managed made for a volume, and not by hand
/// @param share NVMF while other nodes may reach it
/// @param hosts who may connect; empty means anybody
public record ReplicaSpec(
        ReplicaId uuid,
        NodeId node,
        PoolId pool,
        Bytes size,
        boolean thin,
        ShareProtocol share,
        List<AllowedHost> hosts,
        boolean managed,
        ReplicaOwners owners,
        ReplicaKind kind,
        SpecStatus status,
        @Nullable Pending<ReplicaOperation> operation) {

    public ReplicaSpec {
        hosts = List.copyOf(hosts);
    }

    /// The name the replica has on its node, and that its NQN ends with.
    public String name() {
        return uuid.toString();
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED || operation != null;
    }

    public ReplicaSpec withStatus(SpecStatus status) {
        return new ReplicaSpec(uuid, node, pool, size, thin, share, hosts, managed, owners, kind, status, operation);
    }

    public ReplicaSpec withOwners(ReplicaOwners owners) {
        return new ReplicaSpec(uuid, node, pool, size, thin, share, hosts, managed, owners, kind, status, operation);
    }

    public ReplicaSpec promising(ReplicaOperation operation) {
        return new ReplicaSpec(
                uuid, node, pool, size, thin, share, hosts, managed, owners, kind, status, Pending.of(operation));
    }

    public ReplicaSpec withoutOperation() {
        return new ReplicaSpec(uuid, node, pool, size, thin, share, hosts, managed, owners, kind, status, null);
    }

    /// The spec once this operation is kept.
    public ReplicaSpec after(ReplicaOperation kept) {
        return switch (kept) {
            case ReplicaOperation.Share(List<AllowedHost> allowed) ->
                new ReplicaSpec(
                        uuid, node, pool, size, thin, ShareProtocol.NVMF, allowed, managed, owners, kind, status, null);
            case ReplicaOperation.Unshare() ->
                new ReplicaSpec(
                        uuid,
                        node,
                        pool,
                        size,
                        thin,
                        ShareProtocol.NONE,
                        List.of(),
                        managed,
                        owners,
                        kind,
                        status,
                        null);
        };
    }
}
