package io.orlop.gateway.v0;

import static io.orlop.gateway.v0.ServicesOfEveryKind.HOST;
import static io.orlop.gateway.v0.ServicesOfEveryKind.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Clients generated from upstream's document read every answer that they get here.
class UpstreamClientTest extends Dialogue {
    private static final OpenApiDocument UPSTREAM = OpenApiDocument.upstream();

    /// Which kinds a status may carry.
    private static final Map<Integer, List<String>> KINDS = new TreeMap<>(Map.ofEntries(
            Map.entry(400, List.of("Deserialize", "InvalidArgument")),
            Map.entry(401, List.of("PermissionDenied", "Unauthenticated", "Unauthorized")),
            Map.entry(404, List.of("NotFound")),
            Map.entry(406, List.of("NotAcceptable")),
            Map.entry(408, List.of("Timeout")),
            Map.entry(409, List.of("Conflict", "Deleting", "InUse")),
            Map.entry(
                    412,
                    List.of("FailedPrecondition", "NotShared", "AlreadyShared", "NotPublished", "AlreadyPublished")),
            Map.entry(416, List.of("OutOfRange")),
            Map.entry(422, List.of("AlreadyExists")),
            Map.entry(500, List.of("Internal")),
            Map.entry(501, List.of("Unimplemented")),
            Map.entry(503, List.of("Unavailable", "Aborted")),
            Map.entry(504, List.of("DeadlineExceeded")),
            Map.entry(507, List.of("ResourceExhausted", "FailedPersist", "CapacityLimitExceeded"))));

    @Test
    void everyOperationIsAsked() {
        assertThat(REQUESTS.stream().map(request -> operation(request).id()).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(UPSTREAM.operations().stream()
                        .map(OpenApiDocument.Operation::id)
                        .toList());
    }

    @Test
    void everyAnswerIsAsUpstreamDescribesIt() {
        var faults = new ArrayList<String>();
        for (Request request : REQUESTS) {
            OpenApiDocument.Operation operation = operation(request);
            assertThat(UPSTREAM.faultsOfRequest(operation, request.body()))
                    .as("what is asked: %s", request)
                    .isEmpty();
            Answer answer = send(request);
            if (request.status() != 0 && answer.status() != request.status()) {
                faults.add("%s is answered with %d %s".formatted(request, answer.status(), answer.body()));
            }
            if (answer.status() >= 400) {
                String kind = answer.json().get("kind").asString();
                if (!KINDS.getOrDefault(answer.status(), List.of()).contains(kind)) {
                    faults.add("%s is answered with %d and kind %s".formatted(request, answer.status(), kind));
                }
            }
            UPSTREAM.faultsOfAnswer(operation, answer.status(), answer.body())
                    .forEach(fault -> faults.add(request + ": " + fault));
        }
        assertThat(faults).isEmpty();
    }

    /// Or the test above could not fail.
    @Test
    void aMissingFieldAWrongWordAndAWrongFormatAreFaults() {
        JsonNode replica = UPSTREAM.schema("Replica");
        ObjectNode well =
                (ObjectNode) send("GET", "/v0/replicas/" + uuid(2, 0), "").json();
        assertThat(UPSTREAM.faults(replica, well)).isEmpty();
        for (String field : List.of("node", "pool", "share", "size", "state", "thin", "uri", "uuid", "kind")) {
            ObjectNode without = well.deepCopy();
            without.remove(field);
            assertThat(UPSTREAM.faults(replica, without)).as(field).isNotEmpty();
        }
        assertThat(UPSTREAM.faults(replica, well.deepCopy().put("share", "Nvmf")))
                .isNotEmpty();
        assertThat(UPSTREAM.faults(replica, well.deepCopy().put("uuid", "r1"))).isNotEmpty();
        assertThat(UPSTREAM.faults(replica, well.deepCopy().put("size", "1"))).isNotEmpty();
        assertThat(UPSTREAM.faults(replica, well.deepCopy().putNull("space"))).isNotEmpty();
    }

    @Test
    void protocolsAreInSmallLetters() {
        assertThat(words(send("GET", "/v0/replicas", "").json(), "share")).containsOnly("none", "nvmf");
        assertThat(words(send("GET", "/v0/specs", "").json(), "share")).containsOnly("none", "nvmf");
        assertThat(words(send("GET", "/v0/nexuses", "").json(), "protocol")).containsOnly("none", "nvmf");
    }

    @Test
    void whatIsEmptyAndOptionalIsAbsent() {
        for (String list :
                List.of("/v0/nodes", "/v0/pools", "/v0/replicas", "/v0/volumes?max_entries=0", "/v0/specs")) {
            JsonNode answer = send("GET", list, "").json();
            for (String optional : List.of("labels", "affinity_key", "allowed-hosts", "frontend_nodes")) {
                assertThat(answer.findValues(optional))
                        .as(list + " " + optional)
                        .allMatch(value -> !value.isEmpty());
            }
        }
        JsonNode volumes = send("GET", "/v0/volumes?max_entries=0", "").json();
        assertThat(volumes.findValues("inclusion")).anyMatch(JsonNode::isEmpty);
        assertThat(volumes.findValues("labels")).isNotEmpty();
        assertThat(volumes.findValues("affinity_key")).isNotEmpty();
    }

    @Test
    void anEmptyFrontendNodeMeansNone() {
        String target = "/v0/volumes/" + uuid(4, 0) + "/target";
        assertThat(send("PUT", target, "{\"publish_context\": {}, \"protocol\": \"nvmf\", \"frontend_node\": \"\"}")
                        .status())
                .isEqualTo(200);
        assertThat(Objects.requireNonNull(ServicesOfEveryKind.PUBLISHED.get()).frontend())
                .isNull();
        send("PUT", target, "{\"publish_context\": {}, \"protocol\": \"nvmf\", \"frontend_node\": \"host-1\"}");
        assertThat(Objects.requireNonNull(ServicesOfEveryKind.PUBLISHED.get()).frontend())
                .isEqualTo("host-1");
    }

    @Test
    void aTargetThatAdmitsOneHostSaysWhich() {
        String anybody = "nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:";
        assertThat(deviceUri(0)).isEqualTo(anybody + uuid(3, 0));
        assertThat(deviceUri(1)).isEqualTo(anybody + uuid(3, 1) + "?hostnqn=" + HOST);
        assertThat(deviceUri(2)).isEqualTo(anybody + uuid(3, 2));
        assertThat(deviceUri(3)).isEmpty();
        assertThat(send("GET", "/v0/volumes/" + uuid(4, 0), "")
                        .json()
                        .at("/state/target/deviceUri")
                        .asString())
                .endsWith("?hostnqn=" + HOST);
    }

    @Test
    void historyIsOfTheTarget() {
        assertThat(send("GET", "/v0/volumes/" + uuid(4, 0) + "/rebuild-history", "")
                        .json()
                        .get("targetUuid")
                        .asString())
                .isEqualTo(uuid(3, 1));
    }

    private String deviceUri(int nexus) {
        return send("GET", "/v0/nexuses/" + uuid(3, nexus), "")
                .json()
                .get("deviceUri")
                .asString();
    }

    private static List<String> words(JsonNode answer, String field) {
        return answer.findValues(field).stream().map(JsonNode::asString).toList();
    }

    private static OpenApiDocument.Operation operation(Request request) {
        return UPSTREAM.operation(request.method(), request.path())
                .orElseThrow(() -> new AssertionError("upstream does not know " + request));
    }
}
