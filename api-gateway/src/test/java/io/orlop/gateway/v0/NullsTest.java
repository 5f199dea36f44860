package io.orlop.gateway.v0;

import static io.orlop.gateway.v0.ServicesOfEveryKind.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A `null` in a body is either as good as nothing, or refused by the name of its place.
class NullsTest extends Dialogue {
    private static final String VOLUME = "/v0/volumes/" + uuid(4, 0);
    private static final String REPLICA = "/v0/pools/pool-1/replicas/" + uuid(2, 0);
    private static final String NEXUS = "/v0/nodes/node-1/nexuses/" + uuid(3, 0);
    private static final String POOL = "/v0/nodes/node-1/pools/pool-2";
    private static final String ASKED = "{\"replicas\": 2, \"size\": 67108864, ";

    @Test
    void aNullThatSaysNothingIsRefusedByName() {
        String nodes = ASKED + "\"topology\": {\"node_topology\": ";
        String pools = ASKED + "\"topology\": {\"pool_topology\": {\"labelled\": ";
        refused(VOLUME, ASKED + "\"labels\": {\"a\": null}}", "'labels.a'");
        refused(VOLUME, ASKED + "\"affinity_group\": {}}", "'affinity_group.id'");
        refused(VOLUME, ASKED + "\"affinity_group\": {\"id\": null}}", "'affinity_group.id'");
        refused(VOLUME, nodes + "{\"explicit\": {\"allowed_nodes\": [null]}}}}", "explicit.allowed_nodes[0]'");
        refused(VOLUME, nodes + "{\"explicit\": {\"preferred_nodes\": [\"n\", null]}}}}", "preferred_nodes[1]'");
        refused(VOLUME, nodes + "{\"labelled\": {\"inclusion\": {\"a\": null}}}}}", "labelled.inclusion.a'");
        refused(VOLUME, pools + "{\"exclusion\": {\"a\": null}}}}}", "labelled.exclusion.a'");
        refused(VOLUME, pools + "{\"affinity_key\": [null]}}}}", "labelled.affinity_key[0]'");
        refused(POOL, "{\"disks\": [null]}", "'disks[0]'");
        refused(POOL, "{\"disks\": [\"/dev/sdb\"], \"labels\": {\"a\": null}}", "'labels.a'");
        refused(REPLICA, "{\"size\": 67108864, \"allowed-hosts\": [null]}", "'allowed-hosts[0]'");
        refused(NEXUS, "{\"size\": 67108864, \"children\": [null]}", "'children[0]'");
        refused(
                VOLUME + "/target",
                "{\"protocol\": \"nvmf\", \"publish_context\": {\"a\": null}}",
                "publish_context.a'");
    }

    private void refused(String path, String body, String place) {
        Answer answer = send("PUT", path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("kind").asString()).isEqualTo("InvalidArgument");
        assertThat(answer.json().get("details").asString()).contains(place);
    }

    @Test
    void aNullInPlaceOfWhatCanBeLeftOutIsTakenForNothing() {
        assertThat(send(
                                "PUT",
                                VOLUME,
                                ASKED + "\"labels\": null, \"policy\": null, \"thin\": null, \"affinity_group\": null,"
                                        + " \"topology\": {\"node_topology\": null, \"pool_topology\":"
                                        + " {\"labelled\": {\"inclusion\": null}}}, \"max_snapshots\": null}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void noNullInAnyBodyIsAFailureOfTheGateway() {
        for (Request request : REQUESTS) {
            if (request.body().isEmpty()) continue;
            for (JsonNode broken : withANull(JsonMapper.shared().readTree(request.body()))) {
                Answer answer = send(request.method(), request.path(), broken.toString());
                if (answer.status() == request.status()) continue;
                assertThat(answer.status())
                        .as("%s %s: %s", request.path(), broken, answer.body())
                        .isBetween(400, 499);
            }
        }
    }

    /// The body as often as it has places: each time with a `null` in one of them or behind it, or with nothing in it.
    private static List<JsonNode> withANull(JsonNode whole) {
        var all = new ArrayList<JsonNode>();
        all.add(JsonMapper.shared().nullNode());
        switch (whole) {
            case ObjectNode object -> {
                all.add(JsonMapper.shared().createObjectNode());
                all.add(object.deepCopy().putNull("other"));
                for (Map.Entry<String, JsonNode> field : object.properties()) {
                    for (JsonNode part : withANull(field.getValue())) {
                        all.add(object.deepCopy().set(field.getKey(), part));
                    }
                }
            }
            case ArrayNode array -> {
                all.add(JsonMapper.shared().createArrayNode());
                all.add(array.deepCopy().addNull());
                for (int i = 0; i < array.size(); i++) {
                    for (JsonNode part : withANull(array.get(i)))
                        all.add(array.deepCopy().set(i, part));
                }
            }
            default -> {}
        }
        return all;
    }
}
