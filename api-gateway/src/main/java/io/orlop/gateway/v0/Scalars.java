package io.orlop.gateway.v0;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;
import org.jspecify.annotations.Nullable;

/// How single values look in REST v0.
final class Scalars {
    private Scalars() {}

    /// `null` where nobody owns what is shown.
    static @Nullable String text(@Nullable VolumeId id) {
        return id == null ? null : id.toString();
    }

    static String text(ReplicaId id) {
        return id.toString();
    }

    static String text(NexusId id) {
        return id.toString();
    }

    static String text(PoolId id) {
        return id.name();
    }

    static String text(PoolUuid id) {
        return id.toString();
    }

    static String text(NodeId id) {
        return id.name();
    }

    static String text(AllowedHost host) {
        return host.nqn();
    }

    static String text(AffinityGroupId id) {
        return id.name();
    }

    static long count(Bytes bytes) {
        return bytes.count();
    }
}
