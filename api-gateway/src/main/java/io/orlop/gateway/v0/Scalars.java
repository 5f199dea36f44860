package io.orlop.gateway.v0;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.VolumeId;
import io.orlop.wire.json.CamelCase;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// How single values look in REST v0.
final class Scalars {
    private Scalars() {}

    static String text(VolumeId id) {
        return id.toString();
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

    static String text(AffinityGroupId id) {
        return id.name();
    }

    static long count(Bytes bytes) {
        return bytes.count();
    }

    /// `nvmf`, where every other choice is CamelCase.
    static String protocol(ShareProtocol protocol) {
        return protocol.name().toLowerCase(Locale.ROOT);
    }

    static @Nullable String camel(@Nullable Enum<?> constant) {
        return constant == null ? null : CamelCase.of(constant);
    }
}
