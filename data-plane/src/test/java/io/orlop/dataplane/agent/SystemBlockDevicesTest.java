package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.orlop.dataplane.disk.LocalDisks;
import io.orlop.disk.Disk;
import io.orlop.model.BlockDevice;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemBlockDevicesTest {
    private static final Path LOCKS = Path.of("/proc/locks");
    private static final int SIZE = 20 << 20;

    @TempDir
    Path folder;

    @Test
    void onlyWhatIsBlankAtBothEndsIsAvailable() throws IOException {
        write("blank", 0, 0);
        write("head", 5 << 20, 1);
        write("tail", SIZE - 1, 1);
        assertThat(files(true)).containsExactlyInAnyOrder("blank", "head", "tail");
        assertThat(files(false)).containsExactly("blank");
    }

    @Test
    void aPoolsDiskIsNotAvailableAndStaysLockedWhenSomebodyLooks() throws IOException {
        assumeTrue(Files.isReadable(LOCKS), "the operating system does not list its locks");
        Path file = write("pool", 0, 0);
        try (Disk _ = new LocalDisks().open("aio://" + file)) {
            assertThat(isLocked(file)).isTrue();
            assertThat(files(true)).containsExactly("pool");
            assertThat(files(false)).isEmpty();
            assertThat(isLocked(file)).isTrue();
        }
    }

    private List<String> files(boolean all) {
        return new SystemBlockDevices(folder)
                .list(all).stream()
                        .filter(device -> device.type().equals("file"))
                        .map(BlockDevice::name)
                        .toList();
    }

    private Path write(String name, long at, int value) throws IOException {
        Path file = folder.resolve(name);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(SIZE);
            raw.seek(at);
            raw.write(value);
        }
        return file;
    }

    private static boolean isLocked(Path file) throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (var locks = Files.lines(LOCKS)) {
            return locks.anyMatch(line -> line.contains(inode));
        }
    }
}
