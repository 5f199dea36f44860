package io.orlop.gateway.v0;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeState;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.NumberedPage;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// REST over a real port, with the services' contracts served from memory.
@SpringBootTest(
        classes = ApiGatewayApplication.class,
        properties = "spring.config.name=api-gateway",
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@Import(RestTest.Services.class)
class RestTest {
    private static final String ID = "0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f";
    private static final String BODY =
            """
            {"policy": {"self_heal": true}, "replicas": 2, "size": 67108864, "thin": false}""";

    @LocalServerPort
    int port;

    private record Answer(int status, JsonNode body) {}

    private Answer call(String method, String path, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .build();
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(
                    response.statusCode(),
                    JsonMapper.shared().readTree(response.body().isEmpty() ? "{}" : response.body()));
        }
    }

    @Test
    void aVolumeIsCreatedAndAnsweredInUpstreamsNames() throws Exception {
        assertThat(call("PUT", "/v0/volumes/" + ID, BODY).status()).isEqualTo(200);

        Answer answer = call("GET", "/v0/volumes/" + ID, "");

        assertThat(answer.body())
                .isEqualTo(JsonMapper.shared()
                        .readTree(
                                """
                {"spec": {"num_replicas": 2, "size": 67108864, "status": "Created",
                   "target": {"node": "node-1", "protocol": "nvmf"},
                   "uuid": "%1$s", "policy": {"self_heal": true}, "thin": false, "num_snapshots": 0},
                 "state": {"size": 67108864, "status": "Degraded", "uuid": "%1$s",
                   "target": {"children": [{"rebuildProgress": 40, "state": "Degraded", "uri": "bdev:///r"}],
                     "deviceUri": "nvmf+tcp://127.0.0.1:8420/nqn.2019-05.io.openebs:%1$s", "node": "node-1",
                     "rebuilds": 1, "protocol": "nvmf", "size": 67108864, "state": "Degraded",
                     "uuid": "1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"},
                   "replica_topology": {"2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f": {"node": "node-1", "pool": "pool-1",
                     "state": "Online", "child-status": "Degraded", "rebuild-progress": 40,
                     "usage": {"capacity": 67108864, "allocated": 4194304, "allocated_snapshots": 0,
                       "allocated_all_snapshots": 0}}},
                   "usage": {"capacity": 67108864, "allocated": 4194304, "allocated_replica": 4194304,
                     "allocated_snapshots": 0, "allocated_all_snapshots": 0, "total_allocated": 4194304,
                     "total_allocated_replicas": 4194304, "total_allocated_snapshots": 0}}}
                """
                                        .formatted(ID)));
    }

    @Test
    void whatPoolsMustAllocateAtOnceIsAskedForAndAnswered() throws Exception {
        String body = BODY.replace("}, ", "}, \"cluster_size\": 8388608, ");
        String id = "4" + ID.substring(1);
        assertThat(call("PUT", "/v0/volumes/" + id, body).status()).isEqualTo(200);

        Answer answer = call("GET", "/v0/volumes/" + id, "");

        assertThat(answer.body().at("/spec/cluster_size").asLong()).isEqualTo(8388608);
        refused(
                call("PUT", "/v0/volumes/" + id, body.replace("8388608", "8388609")),
                400,
                "InvalidArgument",
                "a cluster size of 8388609 bytes");
        refused(
                call("PUT", "/v0/volumes/" + id, body.replace("8388608", "\"8 MiB\"")),
                400,
                "Deserialize",
                "'cluster_size' is not a whole number");
    }

    @Test
    void listsArePaged() throws Exception {
        // Given
        List<String> made = List.of("5", "6", "7", "8", "9").stream()
                .map(digit -> digit + ID.substring(1))
                .toList();
        for (String id : made) call("PUT", "/v0/volumes/" + id, BODY);
        List<String> whole = ids(call("GET", "/v0/volumes?max_entries=0", ""));
        assertThat(whole).containsAll(made).doesNotHaveDuplicates();

        // When
        var walked = new ArrayList<String>();
        String path = "/v0/volumes?max_entries=2";
        while (path != null) {
            Answer page = call("GET", path, "");
            List<String> ids = ids(page);
            walked.addAll(ids);
            JsonNode next = page.body().get("next_token");
            path = next == null ? null : "/v0/volumes?max_entries=2&starting_token=" + next.asInt();
            // Then
            assertThat(ids).hasSize(next == null ? 2 - walked.size() % 2 : 2);
        }
        assertThat(walked).containsExactlyElementsOf(whole);
        assertThat(ids(call("GET", "/v0/volumes?max_entries=2&starting_token=1", "")))
                .containsExactlyElementsOf(whole.subList(1, 3));
        refused(call("GET", "/v0/volumes?max_entries=-1", ""), 400, "InvalidArgument", "-1");
        refused(call("GET", "/v0/volumes?max_entries=0&starting_token=-1", ""), 400, "InvalidArgument", "-1");
        refused(call("GET", "/v0/volumes?max_entries=many", ""), 400, "Deserialize", "many");
    }

    private static List<String> ids(Answer page) {
        assertThat(page.status()).isEqualTo(200);
        return page.body()
                .get("entries")
                .valueStream()
                .map(volume -> volume.at("/spec/uuid").asString())
                .toList();
    }

    @Test
    void aCordonedNodeShowsItsLabels() throws Exception {
        assertThat(call("GET", "/v0/nodes/node-1", "").body())
                .isEqualTo(
                        JsonMapper.shared()
                                .readTree(
                                        """
                {"id": "node-1",
                 "spec": {"id": "node-1", "grpcEndpoint": "h:1", "labels": {"zone": "a"},
                          "cordondrainstate": {"cordonedstate": {"cordonlabels": ["repair"]}}, "node_nqn": "nqn.h"},
                 "state": {"id": "node-1", "grpcEndpoint": "h:1", "status": "Online", "node_nqn": "nqn.h"}}
                """));
    }

    @Test
    void whatIsMalformedIsRefusedByName() throws Exception {
        refused(call("PUT", "/v0/volumes/not-a-uuid", BODY), 400, "InvalidArgument", "not-a-uuid");
        refused(call("PUT", "/v0/volumes/" + ID, "size=1"), 400, "Deserialize", "JSON");
        refused(call("PUT", "/v0/volumes/" + ID, "[]"), 400, "Deserialize", "JSON");
        refused(call("PUT", "/v0/volumes/" + ID, "[]"), 400, "Deserialize", "the whole is not an object");
        refused(call("PUT", "/v0/volumes/" + ID, ""), 400, "Deserialize", "there is no body");
        refused(call("PUT", "/v0/volumes/" + ID, "null"), 400, "Deserialize", "there is no body");
        for (String broken : List.of("{\"replicas\": 2", "{\"replicas\": 2]", "{\"labels\": {\"a\": \"b")) {
            Answer answer = call("PUT", "/v0/volumes/" + ID, broken);
            refused(answer, 400, "Deserialize", "JSON");
            assertThat(answer.body().get("details").asString()).doesNotContain("Source", "REDACTED", "Feature");
        }
        refused(call("PUT", "/v0/volumes/" + ID, "{}"), 400, "InvalidArgument", "replicas");
        for (String size : List.of("\"67108864\"", "67108864.5", "[]", "true")) {
            refused(
                    call("PUT", "/v0/volumes/" + ID, BODY.replace("67108864", size)),
                    400,
                    "Deserialize",
                    "'size' is not a whole number");
        }
        refused(
                call("PUT", "/v0/volumes/" + ID, BODY.replace("67108864", "9223372036854775808")),
                400,
                "Deserialize",
                "9223372036854775808");
        refused(call("PUT", "/v0/volumes/" + ID, BODY.replace("67108864", "-1")), 400, "InvalidArgument", "-1");
        refused(
                call("PUT", "/v0/volumes/" + ID, BODY.replace("\"replicas\": 2", "\"replicas\": 0")),
                400,
                "InvalidArgument",
                "0 replicas");
        refused(call("PUT", "/v0/volumes/" + ID + "/replica_count/two", ""), 400, "Deserialize", "two");
        refused(
                call("PUT", "/v0/volumes/" + ID + "/target", "{\"protocol\": \"iscsi\"}"),
                400,
                "InvalidArgument",
                "iscsi");
    }

    @Test
    void aRefusalOfAServiceKeepsItsStatusAndWords() throws Exception {
        refused(call("GET", "/v0/volumes/aaaaaaaa-1a1b-4c1d-8e1f-0a1b2c3d4e5f", ""), 404, "NotFound", "aaaaaaaa");
        refused(call("DELETE", "/v0/volumes/" + ID, ""), 409, "InUse", "unpublish");
        refused(call("PUT", "/v0/nodes/node-1/drain/x", ""), 501, "Unimplemented", "node-1");
    }

    @Test
    void pathsThatAreNotThereAreRefusedAsJson() throws Exception {
        refused(call("GET", "/v0/nothing", ""), 404, "NotFound", "/v0/nothing");
        refused(call("POST", "/v0/volumes", "{}"), 405, "Unimplemented", "POST");
        refused(call("TRACE", "/v0/volumes", ""), 405, "InvalidArgument", "TRACE /v0/volumes");
        refused(call("GET", "/v0/volumes%00", ""), 400, "InvalidArgument", "GET /v0/volumes");
    }

    @Test
    void theApiDescribesItselfAndItsHealth() throws Exception {
        assertThat(call("GET", "/v0/api/spec", "").body().get("paths").has("/v0/volumes/{id}"))
                .isTrue();
        assertThat(call("GET", "/actuator/health", "").body().get("status").asString())
                .isEqualTo("UP");
    }

    private static void refused(Answer answer, int status, String kind, String words) {
        assertThat(answer.status()).as(answer.body().toString()).isEqualTo(status);
        assertThat(answer.body().get("kind").asString()).isEqualTo(kind);
        assertThat(answer.body().get("details").asString()).contains(words);
        assertThat(answer.body().has("message")).isTrue();
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Services {
        private final Map<VolumeId, Volume> kept = new ConcurrentSkipListMap<>();

        @Bean
        @Primary
        Volumes volumesInMemory() {
            return contract(Volumes.class, (method, arguments) -> switch (method) {
                case "create" -> {
                    var asked = (CreateVolume) arguments[0];
                    kept.put(asked.volume(), degraded(asked));
                    yield degraded(asked);
                }
                case "numbered" -> numbered((int) arguments[0], (int) arguments[1]);
                case "volume" -> {
                    Volume volume = kept.get((VolumeId) arguments[0]);
                    if (volume == null) {
                        throw new Refusal.NotFound("there is no volume " + arguments[0], "create it").exception();
                    }
                    yield volume;
                }
                case "delete" -> throw new Refusal.InUse("volume is published", "unpublish it").exception();
                default -> throw new AssertionError(method);
            });
        }

        @Bean
        @Primary
        Registry registryInMemory() {
            return contract(Registry.class, (_, arguments) -> {
                var id = (NodeId) arguments[0];
                return new Node(
                        id,
                        new NodeSpec(id, "h:1", Map.of("zone", "a"), List.of("repair"), "nqn.h", null),
                        new NodeState(id, "h:1", NodeStatus.ONLINE, "nqn.h", null, null));
            });
        }

        /// The number of a place is how many come before it.
        private NumberedPage<Volume> numbered(int number, int most) {
            List<Volume> rest = kept.values().stream().skip(number).toList();
            return rest.size() > most
                    ? new NumberedPage<>(rest.subList(0, most), number + most)
                    : new NumberedPage<>(rest, null);
        }

        private static Volume degraded(CreateVolume asked) {
            var node = new NodeId("node-1");
            var nexus = NexusId.of("1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f");
            var child = new ChildState("bdev:///r", ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, 40, null);
            return new Volume(
                    new VolumeSpec(
                            asked.volume(),
                            asked.shape(),
                            SpecStatus.CREATED,
                            new Publication.Published(node, nexus, ShareProtocol.NVMF, List.of(), 1),
                            nexus,
                            1,
                            null),
                    new VolumeState(
                            asked.volume(),
                            asked.shape().size(),
                            VolumeStatus.DEGRADED,
                            new NexusState(
                                    nexus,
                                    asked.volume().toString(),
                                    node,
                                    asked.shape().size(),
                                    NexusStatus.DEGRADED,
                                    List.of(child),
                                    "nvmf+tcp://127.0.0.1:8420/nqn.2019-05.io.openebs:" + asked.volume(),
                                    1,
                                    AnaState.OPTIMIZED,
                                    List.of()),
                            Map.of(
                                    ReplicaId.of("2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f"),
                                    new VolumeState.ReplicaTopology(
                                            node,
                                            new PoolId("pool-1"),
                                            ReplicaStatus.ONLINE,
                                            child,
                                            new ReplicaSpace(asked.shape().size(), Bytes.mib(4), Bytes.mib(4), 16, 1))),
                            new VolumeState.VolumeUsage(asked.shape().size(), Bytes.mib(4), Bytes.mib(4))));
        }

        private interface Answering {
            Object answer(String method, Object[] arguments);
        }

        private static <T> T contract(Class<T> contract, Answering answering) {
            return contract.cast(Proxy.newProxyInstance(
                    contract.getClassLoader(),
                    new Class<?>[] {contract},
                    (proxy, method, arguments) -> method.isDefault()
                            ? InvocationHandler.invokeDefault(proxy, method, arguments)
                            : switch (method.getName()) {
                                case "hashCode" -> System.identityHashCode(proxy);
                                case "equals" -> proxy == arguments[0];
                                case "toString" -> contract.getSimpleName();
                                case String name -> answering.answer(name, arguments);
                            }));
        }
    }
}
