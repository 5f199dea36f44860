package io.orlop.dataplane.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.orlop.disk.Disk;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDisksTest {
    private static final int MIB = 1 << 20;
    private final LocalDisks disks = new LocalDisks(new HeapShare(100 * MIB));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "size_mb=101",
                "size_mb=200000000",
                "size_mb=2147483647",
                "size_mb=9223372036854775807",
                "num_blocks=204801",
                "num_blocks=25601&blk_size=4096",
                "num_blocks=1125899906842624",
                "num_blocks=9223372036854775807",
            })
    void aMemoryDiskThatIsLargerThanTheProcessCanHoldIsRefused(String size) {
        refuses(Refusal.Invalid.class, "100 MiB", "malloc:///m?" + size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?size_mb=0", "?size_mb=-1", "?num_blocks=-9223372036854775808"})
    void aMemoryDiskWithoutASizeIsRefused(String size) {
        refuses(Refusal.Invalid.class, "give its size", "malloc:///m" + size);
    }

    @Test
    void memoryDisksTogetherTakeNoMoreThanTheirShare() throws IOException {
        Disk first = disks.open("malloc:///one?size_mb=60");
        try (Disk _ = disks.open("malloc:///two?num_blocks=10240&blk_size=4096")) {
            refuses(Refusal.OutOfCapacity.class, "0 B are left", "malloc:///three?size_mb=1");
        }
        refuses(Refusal.OutOfCapacity.class, "40 MiB are left", "malloc:///three?size_mb=41");
        first.close();
        first.close();
        refuses(Refusal.Invalid.class, "100 MiB", "malloc:///three?size_mb=101");
        disks.open("malloc:///three?size_mb=100").close();
    }

    @Test
    void aMemoryDiskTakesMemoryWhenItIsWritten() throws IOException {
        long more = 1L << 40;
        try (Disk disk = new LocalDisks(new HeapShare(more)).open("malloc:///m?size_mb=1048576")) {
            assertThat(disk.size()).isEqualTo(more);
            disk.write(more - 512, ByteBuffer.allocate(512).put(0, (byte) 7));
            ByteBuffer last = ByteBuffer.allocate(512);
            disk.read(more - 512, last);
            assertThat(last.get(0)).isEqualTo((byte) 7);
        }
    }

    @Test
    void aDiskIsNamedByItsUri() throws IOException {
        Path file = Files.write(folder.resolve("disk"), new byte[4096]);
        for (String uri : List.of("malloc:///m?size_mb=1", "aio://" + file, "aio://" + file + "?blk_size=4096")) {
            try (Disk disk = disks.open(uri)) {
                assertThat(disk).hasToString(uri);
            }
        }
    }

    @Test
    void whatIsNoFileAndNoBlockDeviceIsRefusedAsWhatItIs() {
        refuses(Refusal.Invalid.class, "is a directory", "aio://" + folder);
        refuses(Refusal.Invalid.class, "neither a file nor a block device", "aio:///dev/null");
        refuses(Refusal.Invalid.class, "file system knows", "aio:///tmp/\0");
        refuses(Refusal.NotFound.class, "does not exist", "aio://" + folder + "/gone");
    }

    @Test
    void aFileThatAnotherPoolUsesIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("disk"), new byte[4096]);
        String uri = "aio://" + file;
        Path alias = Files.createLink(folder.resolve("alias"), file);
        try (Disk _ = new LocalDisks().open(uri)) {
            refuses(Refusal.FailedPrecondition.class, "in use by another pool or process", uri);
            refuses(Refusal.FailedPrecondition.class, "in use by another pool or process", "aio://" + alias);
        }
        disks.open(uri).close();
    }

    @Test
    void aFileThatMayNotBeWrittenIsRefused() throws IOException {
        Path file = Files.write(folder.resolve("disk"), new byte[4096]);
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
        assumeFalse(Files.isWritable(file), "root may write everything");
        refuses(Refusal.FailedPrecondition.class, "may not read and write", "aio://" + file);
    }

    private void refuses(Class<? extends Refusal> kind, String why, String uri) {
        assertThatThrownBy(() -> disks.open(uri))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(((RefusalException) e).refusal()).isInstanceOf(kind));
    }
}
