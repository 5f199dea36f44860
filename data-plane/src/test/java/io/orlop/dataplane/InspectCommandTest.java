package io.orlop.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.pool.LogicalVolumeStore;
import io.orlop.dataplane.pool.PoolOps;
import io.orlop.dataplane.pool.ReplicaProperties;
import io.orlop.disk.FileDisk;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class InspectCommandTest {
    private static final int MIB = 1 << 20;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Path disk;

    @BeforeEach
    void makeDisk() throws IOException {
        disk = folder.resolve("disk");
        try (RandomAccessFile raw = new RandomAccessFile(disk.toFile(), "rw")) {
            raw.setLength(20 * MIB);
        }
    }

    private void makePool() throws IOException {
        var store = new LogicalVolumeStore(Ambient.system());
        try (PoolOps pool = store.createOrImport("alpha", null, MIB, FileDisk.open(disk, 512))) {
            var properties = new ReplicaProperties(true, List.of("nqn.host-a"), "volume-7");
            pool.create(new ReplicaId(new UUID(0, 1)), "one", 3 * MIB, true, properties)
                    .device()
                    .write(MIB, ByteBuffer.allocate(32 << 10));
            pool.create(new ReplicaId(new UUID(0, 2)), "two", 2 * MIB, false, ReplicaProperties.PRIVATE);
        }
    }

    @Test
    void saysWhatIsThereAndLeavesIt() throws IOException {
        makePool();
        byte[] before = Files.readAllBytes(disk);

        assertThat(inspect("aio://" + disk)).isZero();

        assertThat(said())
                .contains("pool 'alpha'", "18 MiB in clusters of 1 MiB; 15 MiB free")
                .contains("replica 'one', 00000000-0000-0000-0000-000000000001")
                .contains("thin, 3 MiB; 1 MiB allocated, 32 KiB written")
                .contains("a copy of 'volume-7'", "shared with nqn.host-a")
                .contains("thick, 2 MiB; 2 MiB allocated, 0 B written");
        assertThat(Files.readAllBytes(disk)).isEqualTo(before);
    }

    @Test
    void saysItInJson() throws IOException {
        makePool();
        assertThat(inspect(disk.toString(), "--json")).isZero();
        var report = JsonMapper.shared().readTree(said());
        assertThat(report.path("pool").asString()).isEqualTo("alpha");
        assertThat(report.path("replicas").path(0).path("written").asLong()).isEqualTo(32 << 10);
        assertThat(report.path("replicas").path(1).path("hosts").size()).isZero();
    }

    @Test
    void namesDamage() throws IOException {
        makePool();
        try (RandomAccessFile raw = new RandomAccessFile(disk.toFile(), "rw")) {
            raw.seek(80);
            raw.write(99);
        }
        assertThat(inspect(disk.toString())).isZero();
        assertThat(said()).contains("its first super block is damaged; the other one counts");
    }

    @Test
    void saysWhatElseADiskCarries() {
        assertThat(inspect(disk.toString())).isEqualTo(1);
        assertThat(said()).contains("carries no pool, but nothing");
        assertThat(inspect(folder.resolve("none").toString())).isEqualTo(1);
        assertThat(inspect("--help")).isEqualTo(2);
    }

    private int inspect(String... arguments) {
        said.reset();
        PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new InspectCommand(out, out).run(arguments);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
