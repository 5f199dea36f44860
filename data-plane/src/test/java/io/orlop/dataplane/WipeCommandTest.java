package io.orlop.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.disk.LocalDisks;
import io.orlop.disk.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WipeCommandTest {
    private static final int SIZE = 16 << 20;

    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private Path disk;

    @BeforeEach
    void makeDisk() throws IOException {
        byte[] content = new byte[SIZE];
        System.arraycopy("XFSB".getBytes(StandardCharsets.US_ASCII), 0, content, 0, 4);
        content[SIZE - 1] = 7;
        disk = Files.write(folder.resolve("disk"), content);
    }

    @Test
    void saysWhatADiskCarriesAndLeavesIt() throws IOException {
        byte[] before = Files.readAllBytes(disk);
        assertThat(wipe(disk.toString())).isZero();
        assertThat(said())
                .contains("carries an XFS file system")
                .contains("./orlop agent wipe 'aio://%s' --erase \"an XFS file system\"".formatted(disk));
        assertThat(Files.readAllBytes(disk)).isEqualTo(before);
    }

    @Test
    void leavesADiskThatCarriesSomethingElse() throws IOException {
        byte[] before = Files.readAllBytes(disk);
        assertThat(wipe(disk.toString(), "--erase", "swap space")).isEqualTo(1);
        assertThat(said()).contains("carries an XFS file system, not swap space");
        assertThat(Files.readAllBytes(disk)).isEqualTo(before);
    }

    @Test
    void makesADiskBlankForWhoSaysWhatItCarries() throws IOException {
        assertThat(wipe("aio://" + disk, "--erase", "an XFS file system")).isZero();
        assertThat(Files.readAllBytes(disk)).isEqualTo(new byte[SIZE]);
        assertThat(wipe(disk.toString())).isZero();
        assertThat(said()).contains("carries nothing");
    }

    @Test
    void refusesADiskThatIsInUseOrNotThere() throws IOException {
        try (Disk _ = new LocalDisks().open(disk.toString())) {
            assertThat(wipe(disk.toString(), "--erase", "an XFS file system")).isEqualTo(1);
        }
        assertThat(said()).contains("in use by another pool or process");
        assertThat(wipe(folder + "/gone")).isEqualTo(1);
        assertThat(said()).contains("does not exist");
        assertThat(wipe()).isEqualTo(2);
        assertThat(said()).contains("usage:");
    }

    private int wipe(String... arguments) {
        PrintStream stream = new PrintStream(said, true, StandardCharsets.UTF_8);
        return new WipeCommand(stream, stream).run(arguments);
    }

    private String said() {
        return said.toString(StandardCharsets.UTF_8);
    }
}
