package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.standalone.Orlop;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Four of five pools lost their files in four ways while the demo was down: the fifth serves, and of the others
/// everybody is told that they are faulted, and why.
class BadPoolFilesTest {
    @TempDir
    Path directory;

    @Test
    void theRestServesAndEveryDamagedPoolIsFaultedForAReason() throws Exception {
        start().close();
        try (var truncated = new RandomAccessFile(file(1), "rw");
                var scribbled = new RandomAccessFile(file(3), "rw");
                var flipped = new RandomAccessFile(file(4), "rw")) {
            truncated.setLength(1 << 20);
            byte[] noise = new byte[8 << 20];
            new Random(7).nextBytes(noise);
            scribbled.write(noise);
            int first = flipped.read();
            flipped.seek(0);
            flipped.write(first ^ 1);
        }
        Files.delete(Path.of(file(2)));

        try (var demo = start();
                var rest = new Rest(demo.restPort())) {
            // The node has said so; the scheduler hears it in a moment.
            Tour.await("every damaged pool to be shown as such", () -> states(rest).values().stream()
                    .noneMatch(JsonNode::isMissingNode));
            Map<String, JsonNode> states = states(rest);
            assertThat(states).hasSize(5);
            JsonNode sound = Objects.requireNonNull(states.get("node-5-pool-1"));
            assertThat(sound.get("status").asString()).isEqualTo("Online");
            assertThat(sound.has("reason")).isFalse();
            // What one end of the disk lost, the other had. Its pool serves on, and says that the disk is not sound.
            JsonNode mended = Objects.requireNonNull(states.get("node-4-pool-1"));
            assertThat(mended.get("status").asString()).isEqualTo("Degraded");
            for (int node = 1; node <= 3; node++) {
                JsonNode damaged = Objects.requireNonNull(states.get("node-%d-pool-1".formatted(node)));
                assertThat(damaged.get("status").asString()).isEqualTo("Faulted");
                assertThat(damaged.get("reason").asString())
                        .startsWith("node node-%d cannot import it: ".formatted(node));
            }
            assertThat(rest.get("/actuator/reconcile")
                            .at("/pools/blocked/pools/node-1-pool-1")
                            .asString())
                    .startsWith("node node-1 cannot import it: ");
            assertThat(Path.of(file(2))).doesNotExist();
            rest.put(
                    "/v0/volumes/3d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f",
                    "{\"size\": 33554432, \"replicas\": 1, \"thin\": true}");
        }
    }

    private static Map<String, JsonNode> states(Rest rest) {
        Map<String, JsonNode> states = new TreeMap<>();
        for (JsonNode pool : rest.get("/v0/pools")) states.put(pool.get("id").asString(), pool.at("/state"));
        return states;
    }

    private String file(int node) {
        return directory.resolve("pools/node-%d-pool-1.img".formatted(node)).toString();
    }

    private Orlop.Running start() throws Exception {
        return Orlop.start(List.of(
                "--dir=" + directory,
                "--nodes=5",
                "--rest-port=0",
                "--store-port=0",
                "--nvme-port=0",
                "--pool-size=64MiB"));
    }
}
