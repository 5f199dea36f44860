package io.orlop.wire.json;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.orlop.model.AffinityGroupId;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.SnapshotId;
import io.orlop.model.VolumeId;
import java.util.function.Function;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.introspect.AnnotationIntrospectorPair;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;

/// The JSON form of the model: records are objects with snake_case fields, ids are strings, [Bytes] a number, enum
/// constants CamelCase, a sealed choice an object with the case's name as its only field, a [io.orlop.model.Shape] the
/// fields it has, absent values are left out.
///
/// ```json
/// {"uuid": "0d1c…", "size": 67108864, "num_replicas": 2, "status": "Creating",
///  "publication": {"Unpublished": {}}, "operation": {"operation": {"SetReplicas": {"count": 3}}}}
/// ```
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .annotationIntrospector(new AnnotationIntrospectorPair(new DeclaredNulls(), new ModelIntrospector()))
            .changeDefaultPropertyInclusion(inclusion -> inclusion
                    .withValueInclusion(JsonInclude.Include.NON_NULL)
                    .withContentInclusion(JsonInclude.Include.NON_NULL))
            .addModule(scalars())
            .build();

    private Json() {}

    public static JsonMapper mapper() {
        return MAPPER;
    }

    private static SimpleModule scalars() {
        var module = new SimpleModule("orlop-scalars");
        text(module, VolumeId.class, VolumeId::of);
        text(module, ReplicaId.class, ReplicaId::of);
        text(module, NexusId.class, NexusId::of);
        text(module, SnapshotId.class, SnapshotId::of);
        text(module, PoolUuid.class, Interned::poolUuid);
        text(module, PoolId.class, Interned::pool);
        text(module, NodeId.class, Interned::node);
        text(module, AffinityGroupId.class, AffinityGroupId::new);
        text(module, AllowedHost.class, AllowedHost::of);
        module.addSerializer(new StdSerializer<Bytes>(Bytes.class) {
            @Override
            public void serialize(Bytes bytes, JsonGenerator json, SerializationContext context) {
                json.writeNumber(bytes.count());
            }
        });
        module.addDeserializer(Bytes.class, new StdDeserializer<Bytes>(Bytes.class) {
            @Override
            public Bytes deserialize(JsonParser json, DeserializationContext context) {
                if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)) context.handleUnexpectedToken(Bytes.class, json);
                return Bytes.of(json.getLongValue());
            }
        });
        return module;
    }

    private static <T> void text(SimpleModule module, Class<T> type, Function<String, T> parse) {
        module.addSerializer(new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator json, SerializationContext context) {
                json.writeString(value.toString());
            }
        });
        module.addKeySerializer(type, new StdSerializer<T>(type) {
            @Override
            public void serialize(T value, JsonGenerator json, SerializationContext context) {
                json.writeName(value.toString());
            }
        });
        module.addDeserializer(type, new StdDeserializer<T>(type) {
            @Override
            public T deserialize(JsonParser json, DeserializationContext context) {
                if (!json.hasToken(JsonToken.VALUE_STRING)) context.handleUnexpectedToken(type, json);
                return parse.apply(json.getString());
            }
        });
        module.addKeyDeserializer(type, new KeyDeserializer() {
            @Override
            public Object deserializeKey(String key, DeserializationContext context) {
                return (Object) parse.apply(key);
            }
        });
    }
}
