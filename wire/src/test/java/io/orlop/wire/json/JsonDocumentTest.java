package io.orlop.wire.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.AffinityGroupId;
import io.orlop.model.Bytes;
import io.orlop.model.FrontendHost;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Publication;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class JsonDocumentTest {
    private static final VolumeSpec VOLUME = new VolumeSpec(
            VolumeId.of("0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"),
            VolumeShape.of(Bytes.mib(64), 2)
                    .withTopology(new Topology(
                            new Topology.Nodes.Explicit(List.of(new NodeId("node-1")), List.of()),
                            new Topology.Pools.Labelled(Map.of("tier", "hot"), Map.of(), List.of())))
                    .withLabels(Map.of("b", "2", "a", "1"))
                    .withAffinityGroup(new AffinityGroupId("group")),
            SpecStatus.CREATED,
            new Publication.Published(
                    new NodeId("node-2"),
                    NexusId.of("1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"),
                    ShareProtocol.NVMF,
                    List.of(new FrontendHost("host", "nqn.host")),
                    3),
            null,
            3,
            null);

    private static final ReplicaId REPLICA = ReplicaId.of("2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f");

    @Test
    void aVolumeHasThisForm() {
        assertThat(new String(
                        JsonDocument.VOLUME.encode(VOLUME.promising(new VolumeOperation.SetReplicas(3, null))), UTF_8))
                .isEqualToIgnoringWhitespace(
                        """
                    {"uuid":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","size":67108864,"num_replicas":2,"thin":false,
                     "policy":{"self_heal":true},
                     "topology":{"nodes":{"Explicit":{"allowed":["node-1"],"preferred":[]}},
                                 "pools":{"Labelled":{"inclusion":{"tier":"hot"},"exclusion":{},"affinity_keys":[]}}},
                     "labels":{"a":"1","b":"2"},"affinity_group":"group","status":"Created",
                     "publication":{"Published":{"node":"node-2","nexus":"1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f",
                       "protocol":"Nvmf","hosts":[{"name":"host","nqn":"nqn.host"}],"path":3}},
                     "paths":3,"operation":{"operation":{"SetReplicas":{"count":3}}}}
                    """);
    }

    @Test
    void whatWasEncodedIsDecoded() {
        for (VolumeSpec spec : List.of(
                VOLUME,
                VOLUME.promising(new VolumeOperation.Unpublish()),
                VOLUME.promising(new VolumeOperation.SetReplicas(1, REPLICA)),
                VOLUME.promising(
                        new VolumeOperation.Publish((Publication.Published) VOLUME.publication(), List.of(REPLICA))),
                VOLUME.promising(new VolumeOperation.Abandon((Publication.Published) VOLUME.publication())),
                VOLUME.promising(new VolumeOperation.Replace(List.of(REPLICA))),
                VOLUME.after(new VolumeOperation.Unpublish()))) {
            assertThat(JsonDocument.VOLUME.decode(JsonDocument.VOLUME.encode(spec)))
                    .isEqualTo(spec);
        }
    }

    @Test
    void aNexusHasThisForm() {
        var nexus = NexusId.of("1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f");
        var shape = new NexusShape("name", new NodeId("node-2"), Bytes.mib(64), NvmfConfig.ofPath(1), VOLUME.uuid());
        NexusSpec spec = NexusSpec.promised(nexus, shape, List.of(new NexusChild.Uri("bdev:///a")));

        byte[] document = JsonDocument.NEXUS.encode(spec);

        assertThat(new String(document, UTF_8))
                .isEqualToIgnoringWhitespace(
                        """
                    {"uuid":"1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","name":"name","node":"node-2","size":67108864,
                     "nvmf":{"min_controller_id":1,"max_controller_id":256,"reservation_key":1,"preempt_key":0},
                     "owner":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","children":[{"Uri":{"uri":"bdev:///a"}}],
                     "share":"None","hosts":[],"managed":true,"shutdown":false,"status":"Creating"}
                    """);
        assertThat(JsonDocument.NEXUS.decode(document)).isEqualTo(spec);
    }

    @Test
    void aVolumeIsReadWhateverTheOrderOfItsFieldsAndWithoutThoseThatAnOlderVersionDidNotKnow() {
        var volume = JsonDocument.VOLUME.decode(
                """
                {"paths":0,"publication":{"Unpublished":{}},"thin":true,"status":"Created","num_replicas":1,"size":512,
                 "policy":{"self_heal":false},"topology":{"nodes":{"Any":{}},"pools":{"Any":{}}},
                 "uuid":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"}
                """
                        .getBytes(UTF_8));

        assertThat(volume.shape())
                .isEqualTo(VolumeShape.of(Bytes.of(512), 1).withThin(true).withPolicy(new VolumePolicy(false)));
    }

    @Test
    void whatPoolsAllocateAtOnceIsANumberBesideTheOthers() {
        VolumeSpec asking = VOLUME.withShape(VOLUME.shape().withClusterSize(Bytes.mib(8)));

        byte[] document = JsonDocument.VOLUME.encode(asking);

        assertThat(new String(document, UTF_8)).contains("\"affinity_group\":\"group\",\"cluster_size\":8388608,");
        assertThat(JsonDocument.VOLUME.decode(document)).isEqualTo(asking);
    }

    @Test
    void rewritingKeepsFieldsThatThisVersionDoesNotKnow() {
        String newer = new String(JsonDocument.VOLUME.encode(VOLUME), UTF_8)
                .replace("\"self_heal\":true", "\"self_heal\":true,\"pace\":\"slow\"")
                .replaceFirst("\\{", "{\"tier\":\"hot\",");

        String rewritten =
                new String(JsonDocument.VOLUME.rewrite(newer.getBytes(UTF_8), VOLUME.withNumReplicas(3)), UTF_8);

        assertThat(rewritten).contains("\"tier\":\"hot\"", "\"pace\":\"slow\"", "\"num_replicas\":3");
    }

    @Test
    void rewritingDropsWhatThisVersionTookAway() {
        byte[] pending = JsonDocument.VOLUME.encode(VOLUME.promising(new VolumeOperation.Unpublish()));

        assertThat(JsonDocument.VOLUME.decode(JsonDocument.VOLUME.rewrite(pending, VOLUME)))
                .isEqualTo(VOLUME);
    }

    @Test
    void aListThatAnOlderVersionDidNotWriteIsEmpty() {
        var node = JsonDocument.NODE.decode("{\"id\":\"n\",\"grpc_endpoint\":\"h:1\"}".getBytes(UTF_8));

        assertThat(node.cordons()).isEmpty();
        assertThat(node.labels()).isEmpty();
    }

    /// One document of each noun, with everything in it that it can have.
    private static final Map<JsonDocument<?>, String> FULL = Map.of(
            JsonDocument.VOLUME,
            new String(
                    JsonDocument.VOLUME.encode(VOLUME.promising(new VolumeOperation.SetReplicas(3, REPLICA))), UTF_8),
            JsonDocument.REPLICA,
            """
            {"uuid":"2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","node":"node-1","pool":"pool-1","size":67108864,"thin":false,
             "share":"Nvmf","hosts":["nqn.a"],"managed":true,
             "owners":{"volume":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","nexuses":["1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"]},
             "kind":"Regular","status":"Created","operation":{"operation":{"Share":{"hosts":["nqn.b"]}},"result":true}}
            """,
            JsonDocument.NEXUS,
            """
            {"uuid":"1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","name":"name","node":"node-2","size":67108864,
             "nvmf":{"min_controller_id":1,"max_controller_id":256,"reservation_key":1,"preempt_key":0},
             "owner":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","children":[{"Uri":{"uri":"bdev:///a"}}],
             "share":"None","hosts":["nqn.a"],"managed":true,"shutdown":false,"status":"Creating",
             "operation":{"operation":{"AddChild":{"child":{"Uri":{"uri":"bdev:///b"}}}}}}
            """,
            JsonDocument.POOL,
            """
            {"id":"pool-1","node":"node-1","disks":["aio:///d"],"labels":{"disk":"ssd"},"status":"Created"}
            """,
            JsonDocument.NODE,
            """
            {"id":"node-1","grpc_endpoint":"h:1","labels":{"zone":"a"},"cordons":["repair"],"nqn":"nqn.a","version":"1"}
            """,
            JsonDocument.SNAPSHOT,
            """
            {"uuid":"2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","source":"0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f",
             "status":"Created"}
            """,
            JsonDocument.AFFINITY_GROUP,
            """
            {"id":"group","volumes":["0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"]}
            """,
            JsonDocument.NEXUS_INFO,
            """
            {"clean_shutdown":true,"children":[{"uuid":"2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f","healthy":true}]}
            """);

    @Test
    void whatIsNoDocumentIsRefused() {
        for (JsonDocument<?> noun : FULL.keySet()) {
            for (String garbage : List.of("null", "", " ", "{}", "[]", "[null]", "5", "true", "\"text\"", "{", "x")) {
                assertThatThrownBy(() -> noun.decode(garbage.getBytes(UTF_8)))
                        .as("%s %s", noun, garbage)
                        .isInstanceOf(IllegalArgumentException.class)
                        .message()
                        .doesNotContain("Source", "REDACTED");
            }
        }
    }

    @Test
    void aDocumentThatIsRefusedSaysWhatIsMissing() {
        assertThatThrownBy(() -> JsonDocument.NODE.decode("null".getBytes(UTF_8)))
                .hasMessage("it is null");
        assertThatThrownBy(() -> JsonDocument.POOL.decode("{\"labels\":{\"a\":null}}".getBytes(UTF_8)))
                .hasMessageContaining("'labels.a'");
        assertThatThrownBy(() -> JsonDocument.POOL.decode("{\"id\":\"pool-1\"".getBytes(UTF_8)))
                .hasMessage("Unexpected end-of-input: expected close marker for Object");
    }

    @Test
    void whatIsReadIsWhole() {
        FULL.forEach((noun, document) -> {
            assertWhole(noun, document);
            for (String other : List.of("null", "{}", "[]", "[null]", "{\"a\":null}", "5", "5.5", "true", "\"text\"")) {
                for (JsonNode broken : eachPlaceAs(
                        Json.mapper().readTree(document), Json.mapper().readTree(other))) {
                    assertWhole(noun, broken.toString());
                }
            }
        });
    }

    /// Refused, or without a `null` where none is declared.
    private static <T> void assertWhole(JsonDocument<T> noun, String document) {
        T read;
        try {
            read = noun.decode(document.getBytes(UTF_8));
        } catch (IllegalArgumentException refused) {
            assertThat(FULL).as("%s is refused: %s", document, refused).doesNotContainValue(document);
            return;
        }
        assertNoNulls(read, document);
        assertThat(noun.decode(noun.encode(read))).isEqualTo(read);
    }

    private static void assertNoNulls(@Nullable Object value, String document) {
        switch (value) {
            case null -> throw new AssertionError("there is a null: " + document);
            case Collection<?> list -> list.forEach(each -> assertNoNulls(each, document));
            case Map<?, ?> map -> map.values().forEach(each -> assertNoNulls(each, document));
            case Record record -> {
                for (RecordComponent component : record.getClass().getRecordComponents()) {
                    Object part = part(record, component);
                    boolean mayBeNull = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
                    if (part != null || !mayBeNull) assertNoNulls(part, component.getName() + " of " + document);
                }
            }
            default -> {}
        }
    }

    private static @Nullable Object part(Record record, RecordComponent component) {
        try {
            component.getAccessor().setAccessible(true);
            return component.getAccessor().invoke(record);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    /// The document as often as it has places, each time with another thing in one of them.
    private static List<JsonNode> eachPlaceAs(JsonNode whole, JsonNode other) {
        var all = new ArrayList<JsonNode>();
        all.add(other);
        for (String name : List.copyOf(whole.propertyNames())) {
            for (JsonNode part : eachPlaceAs(whole.get(name), other)) {
                all.add(((ObjectNode) whole.deepCopy()).set(name, part));
            }
        }
        for (int i = 0; i < whole.size() && whole.isArray(); i++) {
            for (JsonNode part : eachPlaceAs(whole.get(i), other)) {
                all.add(((ArrayNode) whole.deepCopy()).set(i, part));
            }
        }
        return all;
    }
}
