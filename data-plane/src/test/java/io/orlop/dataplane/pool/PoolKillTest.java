package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.FileDisk;
import io.orlop.model.ambient.Ambient;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolKillTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 60, 900})
    void acknowledgedWritesSurviveKill9(int writesBeforeKill) throws Exception {
        Path file = folder.resolve("disk");
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(80 << 20);
        }
        Process writer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        file.toString(),
                        Integer.toString(writesBeforeKill))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        long acknowledged = 0;
        try (var said = writer.inputReader()) {
            for (String line = said.readLine(); line != null; line = said.readLine()) {
                acknowledged = Long.parseLong(line);
                if (acknowledged == writesBeforeKill) writer.toHandle().destroyForcibly();
            }
        }
        writer.waitFor();
        assertThat(acknowledged).isGreaterThanOrEqualTo(writesBeforeKill);

        Map<String, KilledWriter.Write> last = new LinkedHashMap<>();
        var writes = new KilledWriter.Writes(writesBeforeKill);
        for (long i = 0; i < acknowledged; i++) {
            var write = writes.next();
            last.put(write.replica() + " " + write.offset(), write);
        }
        var inFlight = writes.next();
        var store = new LogicalVolumeStore(Ambient.system());
        try (PoolOps pool = store.createOrImport("killed", null, 1 << 20, FileDisk.open(file, 512))) {
            for (var write : last.values()) {
                if (write.replica().equals(inFlight.replica()) && write.offset() == inFlight.offset()) continue;
                ByteBuffer found = ByteBuffer.allocate(KilledWriter.BLOCK);
                pool.replica(write.replica()).orElseThrow().device().read(write.offset(), found);
                assertThat(found.flip()).as("%s", write).isEqualTo(write.content());
            }
        }
    }
}
