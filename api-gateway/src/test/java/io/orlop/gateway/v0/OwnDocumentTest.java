package io.orlop.gateway.v0;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What `/v0/api/spec` says is true.
class OwnDocumentTest extends Dialogue {
    /// What we say beyond upstream. Its clients ignore what they do not know.
    private static final Map<String, Set<String>> OURS = Map.of(
            "PoolState", Set.of("reason"),
            "VolumeState", Set.of("waits_for"),
            // Upstream's since 2026.
            "VolumeSpec", Set.of("cluster_size"));

    @Test
    void everyAnswerIsAsItDescribes() {
        OpenApiDocument ours = ours();
        var faults = new ArrayList<String>();
        for (Request request : REQUESTS) {
            OpenApiDocument.Operation operation = ours.operation(request.method(), request.path())
                    .orElseThrow(() -> new AssertionError("our document does not know " + request));
            if (!request.path().contains("/app-nodes/") && !request.path().contains("/jsongrpc/")) {
                ours.faultsOfRequest(operation, request.body()).forEach(fault -> faults.add(request + ": " + fault));
            }
            Answer answer = send(request);
            ours.faultsOfAnswer(operation, answer.status(), answer.body())
                    .forEach(fault -> faults.add(request + ": " + fault));
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void everyOperationOfOursIsUpstreamsAndHasANameOfItsOwn() {
        OpenApiDocument upstream = OpenApiDocument.upstream();
        List<OpenApiDocument.Operation> operations = ours().operations();
        assertThat(operations).allSatisfy(operation -> assertThat(
                        upstream.operation(operation.method(), operation.path().replaceAll("[{}]", "")))
                .as("%s", operation)
                .isPresent());
        assertThat(operations.stream().map(OpenApiDocument.Operation::id).collect(Collectors.toSet()))
                .hasSameSizeAs(operations);
    }

    /// Field by field: what is required here is known there, and what is required there is required here.
    @Test
    void fieldsAreRequiredAsUpstreamRequiresThem() {
        OpenApiDocument ours = ours();
        OpenApiDocument upstream = OpenApiDocument.upstream();
        for (String schema : List.of(
                "BlockDevice",
                "Child",
                "Nexus",
                "NexusSpec",
                "Node",
                "NodeSpec",
                "NodeState",
                "Pool",
                "PoolSpec",
                "PoolState",
                "RebuildHistory",
                "RebuildRecord",
                "Replica",
                "ReplicaSpec",
                "ReplicaSpaceUsage",
                "ReplicaTopology",
                "RestJsonError",
                "Specs",
                "Volume",
                "VolumeSpec",
                "VolumeState",
                "VolumeTarget",
                "VolumeUsage",
                "Volumes")) {
            JsonNode mine = ours.schema(schema);
            JsonNode theirs = upstream.schema(schema);
            assertThat(mine.isMissingNode()).as(schema).isFalse();
            assertThat(words(mine.get("required")))
                    .as("what is always there of %s", schema)
                    .containsAll(words(theirs.get("required")));
            var added = new TreeSet<>(mine.get("properties").propertyNames());
            added.removeAll(theirs.get("properties").propertyNames());
            assertThat(added)
                    .as("fields of %s that upstream does not have", schema)
                    .isEqualTo(OURS.getOrDefault(schema, Set.of()));
        }
    }

    @Test
    void choicesAreUpstreams() {
        OpenApiDocument ours = ours();
        OpenApiDocument upstream = OpenApiDocument.upstream();
        for (String choice : List.of(
                "ChildState",
                "ChildStateReason",
                "NexusState",
                "NodeStatus",
                "PoolStatus",
                "Protocol",
                "RebuildJobState",
                "ReplicaKind",
                "ReplicaState",
                "SpecStatus",
                "VolumeShareProtocol",
                "VolumeStatus")) {
            assertThat(words(ours.schema(choice).get("enum")))
                    .as(choice)
                    .containsExactlyElementsOf(words(upstream.schema(choice).get("enum")));
        }
        assertThat(words(ours.schema("RestJsonErrorKind").get("enum")))
                .containsExactlyElementsOf(
                        words(upstream.schema("RestJsonError").at("/properties/kind/enum")));
    }

    private static List<String> words(JsonNode list) {
        return list == null
                ? List.of()
                : list.valueStream().map(JsonNode::asString).toList();
    }
}
