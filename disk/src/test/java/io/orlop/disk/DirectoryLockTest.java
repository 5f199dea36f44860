package io.orlop.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("lock");
    }

    @Test
    void keepsAllOthersOut() throws IOException {
        SystemDirectory disk = new SystemDirectory(directory);
        try (DirectoryLock _ = disk.lock()) {
            assertThatThrownBy(disk::lock)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process uses the store");
        }
        disk.lock().close();
    }

    @Test
    void takesAwayOnlyWhatItMade() throws IOException {
        SystemDirectory disk = new SystemDirectory(directory);
        try (DirectoryLock lock = disk.lock()) {
            lock.leaveNothing();
        }
        assertThat(file()).doesNotExist();
        Files.createFile(file());
        try (DirectoryLock lock = disk.lock()) {
            lock.leaveNothing();
        }
        assertThat(file()).exists();
    }
}
