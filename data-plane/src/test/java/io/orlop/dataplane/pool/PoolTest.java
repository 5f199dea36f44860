package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.Disk;
import io.orlop.disk.FileDisk;
import io.orlop.disk.MemoryDisk;
import io.orlop.disk.bytes.Checksum;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolTest {
    private static final long MIB = 1 << 20;
    private static final long CLUSTER = 4 * MIB;
    private final LogicalVolumeStore store = new LogicalVolumeStore(Ambient.system());

    @TempDir
    Path folder;

    @Test
    void importsWhatItCreated() throws IOException {
        Path file = file(100);
        PoolUuid uuid;
        try (PoolOps pool = create("alpha", file)) {
            uuid = pool.uuid();
            assertThat(pool.capacity()).isEqualTo(96 * MIB);
            pool.create(id(1), "one", 10 * MIB, false, new ReplicaProperties(true, List.of("nqn.a", "nqn.b"), "vol"));
            ReplicaOps two = pool.create(id(2), "two", 40 * MIB, true, ReplicaProperties.PRIVATE);
            two.device().write(20 * MIB, filled(8192, 7));
        }
        try (PoolOps pool = create("alpha", file)) {
            assertThat(pool.uuid()).isEqualTo(uuid);
            assertThat(pool.used()).isEqualTo(16 * MIB);
            assertThat(pool.committed()).isEqualTo(52 * MIB);
            assertThat(pool.replica(id(1)).orElseThrow().properties())
                    .isEqualTo(new ReplicaProperties(true, List.of("nqn.a", "nqn.b"), "vol"));
            BlockDevice two = pool.replica(id(2)).orElseThrow().device();
            assertThat(read(two, 20 * MIB, 8192)).isEqualTo(filled(8192, 7).array());
            assertThat(read(two, 20 * MIB + 8192, 512)).containsOnly(0);
            pool.destroy(id(1));
            pool.destroy(id(2));
            assertThat(pool.used()).isZero();
        }
    }

    @Test
    void refusesAnotherPoolsDiskAndLeavesItAlone() throws IOException {
        Path file = file(20);
        create("alpha", file).close();
        byte[] before = Files.readAllBytes(file);
        refuses(Refusal.Invalid.class, "carries pool 'alpha', not 'beta'", () -> create("beta", file));
        refuses(Refusal.Invalid.class, "is ", () -> store.load("alpha", new PoolUuid(new UUID(9, 9)), disk(file)));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(at);
            int was = raw.read();
            raw.seek(at);
            raw.write(was ^ 1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, SPDKBLOB, SPDK blob store",
        "1080, Sï, ext2",
        "0, XFSB, XFS",
        "512, EFI PART, GPT",
        "510, Uª, MBR",
        "512, LABELONE, LVM",
        "0, ORLOPLVS, damaged header"
    })
    void refusesADiskWithOtherContentAndLeavesItAlone(int offset, String signature, String what) throws IOException {
        Path file = file(20);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.seek(offset);
            raw.write(signature.getBytes(StandardCharsets.ISO_8859_1));
        }
        byte[] before = Files.readAllBytes(file);
        refuses(Refusal.Invalid.class, what, () -> create("alpha", file));
        refuses(Refusal.Invalid.class, what, () -> store.load("alpha", null, disk(file)));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    /// As a pool of one cluster had it.
    @Test
    void refusesAPoolOfTheFormerFormatAndSaysWhatToDo() throws IOException {
        Path file = file(20);
        ByteBuffer page = ByteBuffer.allocate(4096);
        page.put("ORLOPLVS".getBytes(StandardCharsets.US_ASCII)).putInt(1).putInt(0);
        page.putLong(1).putLong(2).putLong(CLUSTER).putLong(CLUSTER).putLong(1).putInt(5);
        page.put("alpha".getBytes(StandardCharsets.US_ASCII));
        page.putInt(12, Checksum.of(page.clear()));
        try (Disk disk = disk(file)) {
            disk.write(0, page.clear());
        }
        byte[] before = Files.readAllBytes(file);
        refuses(Refusal.Invalid.class, "pool 'alpha' in Orlop's former format", () -> create("alpha", file));
        refuses(Refusal.Invalid.class, "former format", () -> store.load("alpha", null, disk(file)));
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
    }

    @Test
    void refusesAPoolOfALaterVersion() throws IOException {
        Path file = file(20);
        create("alpha", file).close();
        try (Disk disk = disk(file)) {
            SuperBlock block = ((DiskContent.OfPool) DiskContent.of(disk)).block();
            for (Compatibility flags : List.of(new Compatibility(0, 4, 0), new Compatibility(0, 0, 4))) {
                SuperBlocks.write(disk, block.with(flags));
                assertThat(DiskContent.of(disk).what()).isEqualTo("pool 'alpha'");
            }
        }
        refuses(Refusal.Invalid.class, "later version", () -> create("alpha", file));
    }

    @Test
    void refusesATooLongName() throws IOException {
        refuses(Refusal.Invalid.class, "at most 255 bytes", () -> create("a".repeat(256), file(20)));
        create("a".repeat(255), file(20)).close();
    }

    @Test
    void refusesADescriptionThatIsTooLong() throws IOException {
        try (PoolOps pool = create("alpha", file(20))) {
            ReplicaOps replica = replica(pool, 1, MIB, true);
            ReplicaProperties former = replica.properties();
            List<String> hosts = Collections.nCopies(20, "n".repeat(223));
            refuses(Refusal.Invalid.class, "allow fewer hosts", () -> {
                replica.describe(former.shared(true, hosts));
                return replica;
            });
            assertThat(replica.properties()).isEqualTo(former);
        }
    }

    @Test
    void refusesToImportWhatIsNotThere() throws IOException {
        refuses(Refusal.Invalid.class, "carries no pool", () -> store.load("alpha", null, disk(file(20))));
    }

    @Test
    void refusesADiskThatIsTooSmall() throws IOException {
        refuses(Refusal.Invalid.class, "too small", () -> create("alpha", file(4)));
    }

    @Test
    void refusesADiskThatIsTooLarge() {
        for (long size : new long[] {129L << 40, Long.MAX_VALUE / 512 * 512}) {
            refuses(
                    Refusal.Invalid.class,
                    "at most 128 TiB",
                    () -> store.createOrImport("alpha", null, CLUSTER, new HugeDisk(size)));
        }
    }

    /// Nothing is on it, and nothing can be written to it.
    private record HugeDisk(long size) implements Disk {
        @Override
        public int blockSize() {
            return 512;
        }

        @Override
        public int read(long offset, ByteBuffer into) {
            int count = into.remaining();
            while (into.hasRemaining()) into.put((byte) 0);
            return count;
        }

        @Override
        public void write(long offset, ByteBuffer from) {
            throw new AssertionError("written to");
        }

        @Override
        public void force() {}

        @Override
        public void close() {}
    }

    @Test
    void aDestroyedPoolLeavesABlankDisk() throws IOException {
        Path file = file(20);
        create("alpha", file).destroy();
        try (PoolOps pool = create("beta", file)) {
            assertThat(pool.replicas()).isEmpty();
        }
    }

    @Test
    void holdsItsDiskAgainstOthers() throws IOException {
        Path file = file(20);
        try (PoolOps _ = create("alpha", file)) {
            assertThatThrownBy(() -> create("alpha", file))
                    .isInstanceOf(FileSystemException.class)
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void refusesReplicasThatDoNotFit() throws IOException {
        try (PoolOps pool = create("alpha", file(36))) {
            refuses(Refusal.Invalid.class, "larger than pool", () -> replica(pool, 1, 33 * MIB, true));
            refuses(Refusal.Invalid.class, "at least one byte", () -> replica(pool, 1, 0, true));
            replica(pool, 1, 20 * MIB, false);
            refuses(Refusal.OutOfCapacity.class, "12 MiB free", () -> replica(pool, 2, 13 * MIB, false));
            replica(pool, 2, 8 * MIB, false);
            replica(pool, 3, 1, true);
            refuses(Refusal.OutOfCapacity.class, "4 MiB free", () -> replica(pool, 4, 5 * MIB, false));
        }
    }

    @Test
    void aThinWriteThatDoesNotFitChangesNothing() throws IOException {
        try (PoolOps pool = create("alpha", file(20))) {
            BlockDevice device = replica(pool, 1, 16 * MIB, true).device();
            replica(pool, 2, 8 * MIB, false);
            device.write(0, filled(512, 1));
            assertThatThrownBy(() -> device.write(2 * MIB, filled((int) (8 * MIB), 2)))
                    .isInstanceOf(NoSpaceException.class);
            assertThat(read(device, 2 * MIB, 512)).containsOnly(0);
            assertThat(pool.used()).isEqualTo(12 * MIB);
        }
    }

    @Test
    void unmapGivesThinClustersBack() throws IOException {
        try (PoolOps pool = create("alpha", file(36))) {
            BlockDevice device = replica(pool, 1, 16 * MIB, true).device();
            device.write(0, filled((int) (16 * MIB), 3));
            device.unmap(2 * MIB, 10 * MIB);
            assertThat(pool.used()).isEqualTo(2 * CLUSTER);
            assertThat(read(device, 0, 512)).containsOnly(3);
            assertThat(read(device, CLUSTER, (int) (2 * CLUSTER))).containsOnly(0);
            device.writeZeroes(0, 16 * MIB);
            assertThat(pool.used()).isZero();
        }
    }

    @Test
    void aNewThickReplicaShowsNothingOfTheOldOne() throws IOException {
        try (PoolOps pool = create("alpha", file(20))) {
            replica(pool, 1, 16 * MIB, false).device().write(0, filled((int) (16 * MIB), 5));
            pool.destroy(id(1));
            assertThat(read(replica(pool, 2, 16 * MIB, false).device(), 0, (int) (16 * MIB)))
                    .containsOnly(0);
        }
    }

    @Test
    void aDestroyedReplicaAnswersNoMore() throws IOException {
        try (PoolOps pool = create("alpha", file(20))) {
            BlockDevice device = replica(pool, 1, MIB, false).device();
            pool.destroy(id(1));
            assertThatThrownBy(() -> device.write(0, filled(512, 1)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("was destroyed");
        }
    }

    @Test
    void refusesWhatIsOffTheGridOrOutside() throws IOException {
        try (PoolOps pool = store.createOrImport("m", null, MIB, new MemoryDisk(8 * MIB, 4096))) {
            BlockDevice device = replica(pool, 1, MIB, false).device();
            assertThat(device.blockSize()).isEqualTo(4096);
            assertThatThrownBy(() -> device.write(512, filled(4096, 1))).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> device.write(MIB, filled(4096, 1))).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void anInterruptedThreadDoesNotCloseTheDisk() throws Exception {
        try (PoolOps pool = create("alpha", file(20))) {
            BlockDevice device = replica(pool, 1, 8 * MIB, false).device();
            Thread thread = Thread.ofVirtual().start(() -> {
                Thread.currentThread().interrupt();
                try {
                    for (int i = 0; i < 100; i++) device.write(0, filled(4096, i));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            thread.join();
            assertThat(read(device, 0, 4096)).containsOnly(99);
        }
    }

    private interface Request {
        Object run() throws IOException;
    }

    private static void refuses(Class<? extends Refusal> kind, String why, Request request) {
        assertThatThrownBy(request::run)
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(((RefusalException) e).refusal()).isInstanceOf(kind));
    }

    private static ReplicaOps replica(PoolOps pool, int id, long size, boolean thin) throws IOException {
        return pool.create(id(id), "replica-" + id, size, thin, ReplicaProperties.PRIVATE);
    }

    private static ReplicaId id(int number) {
        return new ReplicaId(new UUID(0, number));
    }

    private PoolOps create(String name, Path file) throws IOException {
        return store.createOrImport(name, null, CLUSTER, disk(file));
    }

    private static Disk disk(Path file) throws IOException {
        return FileDisk.open(file, 512);
    }

    private Path file(int mib) throws IOException {
        Path file = folder.resolve("disk-" + mib);
        try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
            raw.setLength(mib * MIB);
        }
        return file;
    }

    private static ByteBuffer filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] read(BlockDevice device, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        device.read(offset, buffer);
        return buffer.array();
    }
}
