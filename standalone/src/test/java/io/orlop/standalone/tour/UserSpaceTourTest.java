package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserSpaceTourTest {
    @TempDir
    Path directory;

    @Test
    void ourInitiatorWalksTheTour() throws Exception {
        try (var demo = DemoForTest.start(directory);
                var host = new UserSpaceHost()) {
            new Tour(demo.rest()).walk(host);
        }
    }

    @Test
    void whatWasMadeIsThereAfterARestart() throws Exception {
        String volume = "/v0/volumes/0d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f";
        try (var demo = DemoForTest.start(directory);
                var host = new UserSpaceHost()) {
            demo.rest().put(volume, "{\"size\": 134217728, \"replicas\": 2, \"thin\": true}");
            host.connect(publish(demo, volume));
            host.write(1);
            host.disconnect();
        }
        try (var demo = DemoForTest.start(directory);
                var host = new UserSpaceHost()) {
            Tour.await(
                    "the target serves again",
                    () -> demo.rest().get(volume).at("/state/target").has("deviceUri")
                            && !demo.rest()
                                    .get(volume)
                                    .at("/state/target/deviceUri")
                                    .asString()
                                    .isEmpty());
            host.connect(demo.rest().get(volume).at("/state/target/deviceUri").asString());
            host.verify(1);
            host.disconnect();
        }
    }

    @Test
    void whatCannotBeIsRefusedAndLeavesNothing() throws Exception {
        try (var demo = DemoForTest.start(directory)) {
            Rest rest = demo.rest();
            String id = "/v0/volumes/1d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f";
            refused(
                    rest.call("PUT", id, body("1125899906842624", 2, false)),
                    507,
                    "ResourceExhausted",
                    "node-1-pool-1");
            refused(rest.call("PUT", id, body("67108864", 4, true)), 507, "ResourceExhausted", "node-1-pool-1");
            refused(rest.call("PUT", id, body("-1", 2, true)), 400, "InvalidArgument", "-1");
            refused(rest.call("GET", id, ""), 404, "NotFound", "1d1c1d1c");
            refused(rest.call("GET", "/v0/nodes/node-9", ""), 404, "NotFound", "node-9");
            refused(
                    rest.call("PUT", "/v0/nodes/node-1/pools/p", "{\"disks\": [\"/nowhere/disk.img\"]}"),
                    404,
                    "NotFound",
                    "/nowhere/disk.img");
            refused(rest.call("DELETE", "/v0/pools/nothing", ""), 404, "NotFound", "nothing");
            assertThat(rest.get("/v0/specs").get("volumes").size()).isZero();
            assertThat(rest.get("/v0/specs").get("replicas").size()).isZero();

            rest.put(id, body("67108864", 2, true));
            refused(rest.call("PUT", id, body("67108864", 2, true)), 422, "AlreadyExists", "1d1c1d1c");
            refused(rest.call("PUT", id, body("134217728", 2, true)), 409, "Conflict", "64 MiB");
        }
    }

    private static String publish(DemoForTest demo, String volume) {
        return demo.rest()
                .put(volume + "/target", "{\"publish_context\": {}, \"protocol\": \"nvmf\"}")
                .at("/state/target/deviceUri")
                .asString();
    }

    private static String body(String size, int replicas, boolean thin) {
        return "{\"size\": %s, \"replicas\": %d, \"thin\": %s}".formatted(size, replicas, thin);
    }

    private static void refused(Rest.Answer answer, int status, String kind, String words) {
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
        assertThat(answer.body().get("kind").asString()).isEqualTo(kind);
        assertThat(answer.body().get("details").asString()).contains(words);
    }
}
