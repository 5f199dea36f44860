package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.AgentMain;
import io.orlop.etcd.RealEtcd;
import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.nexus.NexusServiceApplication;
import io.orlop.registry.RegistryServiceApplication;
import io.orlop.scheduler.PoolSchedulerApplication;
import io.orlop.volume.VolumeServiceApplication;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the demo does in one process, with every part in a process of its own, two copies of each service, and a real
/// etcd under them.
class SeparateProcessesTest {
    private static final List<String> NODES = List.of("node-1", "node-2");
    private static final Map<String, Class<?>> SERVICES = new TreeMap<>(Map.of(
            "registry", RegistryServiceApplication.class,
            "pools", PoolSchedulerApplication.class,
            "nexuses", NexusServiceApplication.class,
            "volumes", VolumeServiceApplication.class));
    private static final String VOLUME = "/v0/volumes/2d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f";

    @TempDir
    Path directory;

    @Test
    void createsPublishesSurvivesItsKilledLeadersAndDeletes() throws Exception {
        try (var etcd = RealEtcd.start();
                var orlop = start(etcd.endpoint());
                var rest = new Rest(orlop.port("gateway-http"));
                var host = new UserSpaceHost()) {
            for (String node : NODES) {
                orlop.awaitListening(node);
                Tour.await(node + " is online", () -> rest.call("GET", "/v0/nodes/" + node, "")
                        .body()
                        .at("/state/status")
                        .asString("")
                        .equals("Online"));
                rest.put("/v0/nodes/%s/pools/%s-pool".formatted(node, node), disk(node));
            }

            rest.put(VOLUME, "{\"size\": 67108864, \"replicas\": 2, \"thin\": true}");
            host.connect(rest.put(
                            VOLUME + "/target",
                            "{\"publish_context\": {}, \"protocol\": \"nvmf\", \"node\": \"node-1\"}")
                    .at("/state/target/deviceUri")
                    .asString());
            host.write(1);

            var killed = new TreeMap<String, String>();
            for (String service : SERVICES.keySet()) killed.put(service, orlop.killLeader(service));
            host.write(2);
            host.verify(1, 2);
            host.disconnect();
            Tour.await(
                    "the volume is unpublished by the copies that followed",
                    () -> rest.call("DELETE", VOLUME + "/target", "").status() == 200);

            for (String service : SERVICES.keySet()) {
                orlop.service(killed.get(service), SERVICES.get(service));
                orlop.awaitUp(killed.get(service));
            }
            assertThat(orlop.killLeader("volumes")).isNotEqualTo(killed.get("volumes"));
            Tour.await(
                    "the volume is deleted by the volume-service that came after",
                    () -> rest.call("DELETE", VOLUME, "").status() == 204);
            assertThat(rest.get("/v0/specs").get("volumes")).isEmpty();
            Tour.await(
                    "no replica and no nexus is left",
                    () -> rest.get("/v0/specs").get("replicas").isEmpty()
                            && rest.get("/v0/specs").get("nexuses").isEmpty());

            assertThat(orlop.end())
                    .as("what was asked to end did not fail")
                    .hasSizeGreaterThan(SERVICES.size())
                    .allSatisfy((part, code) -> assertThat(code).as(part).isZero());
        }
    }

    private Processes start(String store) throws Exception {
        var orlop = new Processes(directory, store, 2);
        try {
            SERVICES.forEach(
                    (service, application) -> orlop.copies(service).forEach(copy -> orlop.service(copy, application)));
            orlop.gateway(ApiGatewayApplication.class);
            for (String node : NODES) orlop.agent(node, AgentMain.class, directory);
            for (String service : SERVICES.keySet()) {
                for (String copy : orlop.copies(service)) orlop.awaitUp(copy);
            }
            orlop.awaitUp("gateway");
            return orlop;
        } catch (AssertionError | Exception failed) {
            orlop.close();
            throw failed;
        }
    }

    private String disk(String node) throws Exception {
        Path file = directory.resolve(node + ".img");
        try (var disk = Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            disk.position((256L << 20) - 1).write(ByteBuffer.allocate(1));
        }
        return "{\"disks\": [\"aio://%s\"]}".formatted(file);
    }
}
