package io.orlop.wire.json;

import io.orlop.model.AffinityGroupSpec;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolSpec;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeSnapshotSpec;
import io.orlop.model.VolumeSpec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The codec of one noun. Rewriting a document keeps the fields that this version does not know, so that versions can
/// be mixed during an upgrade.
public final class JsonDocument<T> {
    public static final JsonDocument<VolumeSpec> VOLUME = new JsonDocument<>(VolumeSpec.class);
    public static final JsonDocument<ReplicaSpec> REPLICA = new JsonDocument<>(ReplicaSpec.class);
    public static final JsonDocument<NexusSpec> NEXUS = new JsonDocument<>(NexusSpec.class);
    public static final JsonDocument<PoolSpec> POOL = new JsonDocument<>(PoolSpec.class);
    public static final JsonDocument<NodeSpec> NODE = new JsonDocument<>(NodeSpec.class);
    public static final JsonDocument<VolumeSnapshotSpec> SNAPSHOT = new JsonDocument<>(VolumeSnapshotSpec.class);
    public static final JsonDocument<AffinityGroupSpec> AFFINITY_GROUP = new JsonDocument<>(AffinityGroupSpec.class);
    public static final JsonDocument<NexusInfo> NEXUS_INFO = new JsonDocument<>(NexusInfo.class);

    private final Class<T> type;

    private JsonDocument(Class<T> type) {
        this.type = type;
    }

    public byte[] encode(T value) {
        return Json.mapper().writeValueAsBytes(value);
    }

    /// @throws IllegalArgumentException if this is no document of the noun
    public T decode(byte[] document) {
        T value;
        try {
            value = Json.mapper().readValue(document, type);
        } catch (JacksonException fault) {
            throw new IllegalArgumentException(JsonFault.text(fault), fault);
        }
        if (value == null) throw new IllegalArgumentException("it is null");
        return value;
    }

    /// Encodes `value` in place of `previous`.
    ///
    /// ```
    /// previous {"size": 1, "tier": "hot"}   value {"size": 2}   rewritten {"size": 2, "tier": "hot"}
    /// ```
    public byte[] rewrite(byte[] previous, T value) {
        JsonNode before = Json.mapper().readTree(previous);
        JsonNode known = Json.mapper().valueToTree(decode(previous));
        JsonNode after = Json.mapper().valueToTree(value);
        carry(before, known, after);
        return Json.mapper().writeValueAsBytes(after);
    }

    private static void carry(JsonNode before, JsonNode known, JsonNode after) {
        if (!(before instanceof ObjectNode from
                && known instanceof ObjectNode understood
                && after instanceof ObjectNode to)) return;
        from.properties().forEach(field -> {
            String name = field.getKey();
            JsonNode value = field.getValue();
            if (!understood.has(name)) {
                if (!value.isNull() && !to.has(name)) to.set(name, value);
            } else if (to.has(name)) {
                carry(value, understood.get(name), to.get(name));
            }
        });
    }
}
