package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.standalone.Orlop;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Four of five pools lost their files in four ways while the demo was down: the fifth serves, and nobody is told that
/// the others do.
class BadPoolFilesTest {
    @TempDir
    Path directory;

    @Test
    void theRestServesAndNoDamagedPoolIsOnline() throws Exception {
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
            Map<String, String> statuses = new TreeMap<>();
            for (JsonNode pool : rest.get("/v0/pools")) {
                statuses.put(pool.get("id").asString(), pool.at("/state/status").asString("none"));
            }
            assertThat(statuses).hasSize(5).containsEntry("node-5-pool-1", "Online");
            for (int node = 1; node <= 4; node++) {
                assertThat(statuses.get("node-%d-pool-1".formatted(node))).isIn("none", "Faulted", "Unknown");
            }
            assertThat(Path.of(file(2))).doesNotExist();
            rest.put(
                    "/v0/volumes/3d1c1d1c-1a1b-4c1d-8e1f-0a1b2c3d4e5f",
                    "{\"size\": 33554432, \"replicas\": 1, \"thin\": true}");
        }
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
