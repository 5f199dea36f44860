package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// What the README promises, from a volume's creation to nothing left of it, with a node killed under way.
final class Tour {
    /// How long the system may take for anything: a machine may be slow, and nobody waits longer than needed.
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final String SIZE = "134217728";

    private final Rest rest;
    private final String volume = UUID.randomUUID().toString();

    Tour(Rest rest) {
        this.rest = rest;
    }

    void walk(Host host) throws Exception {
        Map<String, Long> usedBefore = used();
        assertThat(rest.get("/v0/nodes").values()).hasSize(3).allSatisfy(node -> assertThat(
                        node.at("/state/status").asString())
                .isEqualTo("Online"));
        assertThat(usedBefore).hasSize(3);

        for (String size : List.of("1048576", "4194304")) showSmall(host, size);

        JsonNode created = rest.put(
                "/v0/volumes/" + volume,
                """
                {"size": %s, "replicas": 2, "thin": true, "policy": {"self_heal": true}}"""
                        .formatted(SIZE));
        assertThat(created.at("/state/status").asString()).isEqualTo("Online");
        List<String> holders = holders(created);
        assertThat(holders).hasSize(2).doesNotHaveDuplicates();

        String serving = holders.getFirst();
        String dying = holders.getLast();
        host.connect(publish(serving));
        long size = host.size();
        assertThat(size).isGreaterThanOrEqualTo(Long.parseLong(SIZE));
        host.format();
        host.write(1);

        rest.post("/demo/nodes/" + dying + "/stop");
        host.write(2);
        await("the volume is Degraded", current -> status(current).equals("Degraded"));
        host.write(3);
        JsonNode healed = await(
                "the volume is Online again with both replicas on nodes that live",
                current -> status(current).equals("Online")
                        && holders(current).size() == 2
                        && !holders(current).contains(dying)
                        && current.at("/state/target/children").values().stream()
                                .allMatch(child -> child.get("state").asString().equals("Online")));
        host.verify(1, 2, 3);
        host.write(4);
        host.disconnect();
        unpublish();

        String other = holders(healed).stream()
                .filter(node -> !node.equals(serving))
                .findFirst()
                .orElseThrow();
        host.connect(publish(other));
        assertThat(host.size()).isEqualTo(size);
        host.verify(1, 2, 3, 4);
        host.disconnect();
        unpublish();

        rest.post("/demo/nodes/" + dying + "/start");
        assertThat(rest.call("DELETE", "/v0/volumes/" + volume, "").status()).isEqualTo(204);
        assertThat(rest.call("GET", "/v0/volumes/" + volume, "").status()).isEqualTo(404);
        await("the pools are as empty as before", () -> used().equals(usedBefore));
        JsonNode specs = rest.get("/v0/specs");
        assertThat(specs.get("volumes").size()).isZero();
        await(
                "no replica and no nexus is left",
                () -> rest.get("/v0/specs").get("replicas").isEmpty()
                        && rest.get("/v0/specs").get("nexuses").isEmpty());
    }

    /// A host sees all of the smallest volumes, too.
    private void showSmall(Host host, String size) throws Exception {
        String small = "/v0/volumes/" + UUID.randomUUID();
        rest.put(
                small,
                "{\"size\": %s, \"replicas\": 2, \"thin\": true, \"policy\": {\"self_heal\": true}}".formatted(size));
        JsonNode published = rest.put(small + "/target", "{\"publish_context\": {}, \"protocol\": \"nvmf\"}");
        assertThat(published.at("/state/size").asString()).isEqualTo(size);
        host.connect(published.at("/state/target/deviceUri").asString());
        assertThat(host.size())
                .isGreaterThanOrEqualTo(Long.parseLong(size))
                .isEqualTo(published.at("/state/target/size").asLong());
        host.disconnect();
        assertThat(rest.call("DELETE", small + "/target", "").status()).isEqualTo(200);
        assertThat(rest.call("DELETE", small, "").status()).isEqualTo(204);
    }

    private String publish(String node) {
        JsonNode published = rest.put(
                "/v0/volumes/" + volume + "/target",
                """
                {"publish_context": {}, "protocol": "nvmf", "node": "%s"}""".formatted(node));
        assertThat(published.at("/state/target/node").asString()).isEqualTo(node);
        return published.at("/state/target/deviceUri").asString();
    }

    private void unpublish() {
        assertThat(rest.call("DELETE", "/v0/volumes/" + volume + "/target", "").status())
                .isEqualTo(200);
    }

    private static String status(JsonNode volume) {
        return volume.at("/state/status").asString();
    }

    private static List<String> holders(JsonNode volume) {
        var nodes = new ArrayList<String>();
        volume.at("/state/replica_topology")
                .values()
                .forEach(replica -> nodes.add(replica.get("node").asString()));
        return nodes;
    }

    private Map<String, Long> used() {
        var used = new TreeMap<String, Long>();
        for (JsonNode pool : rest.get("/v0/pools").values()) {
            if (pool.has("state"))
                used.put(pool.get("id").asString(), pool.at("/state/used").asLong());
        }
        return used;
    }

    private JsonNode await(String what, Predicate<JsonNode> holds) throws InterruptedException {
        Instant until = Instant.now().plus(PATIENCE);
        while (true) {
            JsonNode current = rest.get("/v0/volumes/" + volume);
            if (holds.test(current)) return current;
            if (Instant.now().isAfter(until)) throw new AssertionError(what + " did not come true: " + current);
            Thread.sleep(200);
        }
    }

    interface Fact {
        boolean holds();
    }

    static void await(String what, Fact fact) throws InterruptedException {
        Instant until = Instant.now().plus(PATIENCE);
        while (!fact.holds()) {
            if (Instant.now().isAfter(until)) throw new AssertionError(what + " did not come true");
            Thread.sleep(200);
        }
    }
}
