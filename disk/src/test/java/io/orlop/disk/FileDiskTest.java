package io.orlop.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDiskTest {
    private static final Path LOCKS = Path.of("/proc/locks");

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void makeFile() throws IOException {
        file = Files.write(folder.resolve("disk"), new byte[1 << 20]);
    }

    @Test
    void whoeverAsksInVainForADiskLeavesItsLock() throws IOException {
        assumeTrue(Files.isReadable(LOCKS), "the operating system does not list its locks");
        Path alias = Files.createLink(folder.resolve("alias"), file);
        try (FileDisk _ = FileDisk.open(file, 512)) {
            assertThat(isLocked()).isTrue();
            for (Path name : new Path[] {file, alias}) {
                assertThatThrownBy(() -> FileDisk.open(name, 512)).isInstanceOf(DiskInUseException.class);
                assertThat(Held.isHeld(name)).isTrue();
            }
            assertThat(isLocked()).isTrue();
        }
        assertThat(isLocked()).isFalse();
        FileDisk.open(alias, 512).close();
    }

    @Test
    void whatIsForgottenIsReadFromTheMediumAndTheLockStays() throws IOException {
        try (FileDisk disk = FileDisk.open(file, 512)) {
            disk.write(4096, ByteBuffer.allocate(512).put(0, (byte) 7));
            disk.forget();
            ByteBuffer first = ByteBuffer.allocate(1);
            assertThat(disk.read(4096, first)).isEqualTo(1);
            assertThat(first.get(0)).isEqualTo((byte) 7);
            if (Files.isReadable(LOCKS)) assertThat(isLocked()).isTrue();
        }
    }

    @Test
    void anInterruptIsTheThreadsAndNotTheDisks() throws IOException {
        try (FileDisk disk = FileDisk.open(file, 512)) {
            Thread.currentThread().interrupt();
            disk.write(0, ByteBuffer.allocate(512).put(0, (byte) 7));
            assertThat(Thread.interrupted()).isTrue();
            assertThatThrownBy(() -> FileDisk.open(file, 512)).isInstanceOf(DiskInUseException.class);
        }
    }

    private boolean isLocked() throws IOException {
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (var locks = Files.lines(LOCKS)) {
            return locks.anyMatch(line -> line.contains(inode) && line.contains("WRITE"));
        }
    }
}
