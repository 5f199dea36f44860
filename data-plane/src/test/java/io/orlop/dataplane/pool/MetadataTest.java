package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.disk.Disk;
import io.orlop.disk.twin.CrashableDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The log, the super blocks and the tree together, below a pool.
class MetadataTest {
    private static final int MIB = 1 << 20;
    private static final int SEEDS = Integer.getInteger("orlop.pool.seeds", 100);

    static Metadata create(Disk disk) throws IOException {
        return Metadata.create(
                disk,
                new SuperBlock(
                        Compatibility.NONE,
                        new UUID(1, 1),
                        new UUID(2, 2),
                        0,
                        Geometry.layOut(MIB, disk.size()),
                        disk.blockSize(),
                        Pointer.NONE,
                        0,
                        disk.cache(),
                        "p"));
    }

    static Metadata open(Disk disk) throws IOException {
        return Metadata.open(disk, found(disk).block());
    }

    private static SuperBlocks.Found.Pool found(Disk disk) throws IOException {
        return (SuperBlocks.Found.Pool) SuperBlocks.find(disk);
    }

    /// Changes of one key, some settled. Returned is the last number of which that is known.
    private static long story(Disk disk, Random random, int changes) throws IOException {
        Metadata metadata = create(disk);
        long settled = -1;
        for (long i = 0; i < changes; i++) {
            metadata.write(new Change.Put(health(i)));
            switch (random.nextInt(4)) {
                case 0 -> {
                    settle(disk, metadata);
                    settled = i;
                }
                case 1 -> disk.force();
                default -> {}
            }
        }
        return settled;
    }

    private static void settle(Disk disk, Metadata metadata) throws IOException {
        MetadataLog.Mark mark = metadata.mark();
        disk.force();
        metadata.seal(mark);
        disk.force();
        metadata.settle(mark);
    }

    private static Fact.ChildHealth health(long epoch) {
        return new Fact.ChildHealth(new UUID(5, 5), new UUID(6, 6), true, epoch);
    }

    private static long epoch(Metadata metadata) {
        return metadata.catalogue()
                .fact(health(0).key())
                .map(fact -> ((Fact.ChildHealth) fact).epoch())
                .orElse(-1L);
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void whateverAPowerCutLeavesIsATornTailBehindWhatWasSettled(int blockSize) throws IOException {
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            CrashableDisk disk = new CrashableDisk(20 * MIB, blockSize);
            int changes = random.nextInt(90);
            long settled = story(disk, random, changes);
            for (int cut = 0; cut < 3; cut++) {
                long found = epoch(open(disk.afterPowerCut(random)));
                assertThat(found).as("seed %d", seed).isBetween(settled, changes - 1L);
            }
            assertThat(epoch(open(disk.afterKill()))).as("seed %d", seed).isEqualTo(changes - 1L);
        }
    }

    /// The other side of it: what was settled is no torn tail, whatever a power cut leaves of what follows.
    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void aRottenBitNeverUndoesWhatWasSettled(int blockSize) throws IOException {
        int damaged = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Random random = new Random(seed);
            CrashableDisk disk = new CrashableDisk(20 * MIB, blockSize);
            long settled = story(disk, random, 1 + random.nextInt(90));
            CrashableDisk after = random.nextBoolean() ? disk.afterPowerCut(random) : disk.afterKill();
            List<Long> places = metadataOf(after);
            for (int i = 0; i < 30; i++) {
                long at = places.get(random.nextInt(places.size())) / blockSize * blockSize + random.nextInt(120);
                int bit = random.nextInt(8);
                after.rot(at, bit);
                try {
                    SuperBlock block = found(after).block();
                    var loaded = Metadata.load(after, block);
                    loaded.catalogue().replay(loaded.log().counting(false));
                    long found = loaded.catalogue()
                            .fact(health(0).key())
                            .map(fact -> ((Fact.ChildHealth) fact).epoch())
                            .orElse(-1L);
                    assertThat(found)
                            .as("seed %d, bit %d of byte %d", seed, bit, at)
                            .isGreaterThanOrEqualTo(settled);
                } catch (IOException e) {
                    damaged++;
                    assertThat(e).hasMessageContaining("damaged");
                }
                after.rot(at, bit);
            }
        }
        assertThat(damaged).isPositive();
    }

    /// Sectors of super blocks and slots that have something.
    private static List<Long> metadataOf(Disk disk) throws IOException {
        List<Long> places = new ArrayList<>(List.of(0L, disk.size() - Geometry.PAGE));
        ByteBuffer sector = ByteBuffer.allocate(Disk.SECTOR);
        for (long at = Geometry.SLOT; at < MIB; at += Disk.SECTOR) {
            disk.read(at, sector.clear());
            if (!sector.flip().equals(ByteBuffer.allocate(Disk.SECTOR))) places.add(at);
        }
        return places;
    }

    @Test
    void aFullLogIsFollowedByACheckpoint() throws IOException {
        CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        Metadata metadata = create(disk);
        long generation = metadata.block().generation();
        for (long i = 0; i < 3000; i++) {
            metadata.write(new Change.Put(health(i)));
            if (i == 2500) settle(disk, metadata);
        }
        assertThat(metadata.block().generation()).isGreaterThan(generation + 3);
        assertThat(epoch(open(disk.afterPowerCut(new Random(1))))).isBetween(2500L, 2999L);
        assertThat(epoch(open(disk.afterKill()))).isEqualTo(2999);
    }

    /// All of it or nothing, though it does not fit the log.
    @Test
    void aChangeThatIsLargerThanASlotIsThereAsAWhole() throws IOException {
        int clusters = 12_000;
        var volume = new Fact.OfVolume(new UUID(7, 7), "large", false, clusters, ReplicaProperties.PRIVATE);
        boolean there = false;
        for (int calls = 0; !there; calls++) {
            CrashableDisk disk = new CrashableDisk((clusters + 100L) * MIB, 512);
            Metadata metadata = create(disk);
            metadata.makeRoomFor(1, clusters);
            int[] chosen = metadata.catalogue().choose(clusters);
            List<Change.Run> runs = new ArrayList<>();
            for (int own = 0; own < clusters; own++) runs.add(new Change.Run(own, chosen[clusters - 1 - own], 1));
            metadata.write(new Change.Put(health(1)));
            settle(disk, metadata);
            disk.crashAfter(calls);
            try {
                metadata.write(new Change.Created(volume, 1, runs));
                there = true;
            } catch (IOException crashed) {
                assertThat(disk.crashed()).isTrue();
            }
            for (int cut = 0; cut < 2; cut++) {
                Metadata found = open(disk.afterPowerCut(new Random(calls + cut)));
                assertThat(epoch(found)).isEqualTo(1);
                if (there) assertThat(found.catalogue().volumes).hasSize(1);
                if (found.catalogue().volumes.isEmpty())
                    assertThat(found.catalogue().used()).isZero();
                else assertThat(found.catalogue().used()).isEqualTo(clusters);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aDamagedSuperBlockIsMendedFromTheOther(int end) throws IOException {
        for (int at : new int[] {0, 7, 8, 13, 20, 57, 75, 130, 170}) {
            CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
            Metadata metadata = create(disk);
            metadata.write(new Change.Put(health(4)));
            settle(disk, metadata);
            disk.rot(metadata.geometry().superOffset(end) + at, 3);
            assertThat(found(disk).complaint()).as("byte %d", at).isPresent();
            assertThat(epoch(open(disk))).isEqualTo(4);
            assertThat(found(disk).complaint()).isEmpty();
        }
    }

    /// Whichever is damaged: both say the same, also while one of them is of an older generation.
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aSuperBlockMayRotWhereverACheckpointWasInterrupted(int end) throws IOException {
        boolean whole = false;
        for (int calls = 0; !whole; calls++) {
            CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
            Metadata metadata = create(disk);
            metadata.write(new Change.Put(health(4)));
            settle(disk, metadata);
            disk.crashAfter(calls);
            try {
                open(disk);
                whole = true;
            } catch (IOException crashed) {
                assertThat(disk.crashed()).isTrue();
            }
            for (int cut = 0; cut < 4; cut++) {
                CrashableDisk after = disk.afterPowerCut(new Random(cut));
                after.rot(metadata.geometry().superOffset(end) + 75, 3);
                assertThat(epoch(open(after))).as("after %d calls", calls).isEqualTo(4);
            }
        }
    }

    @Test
    void twoDamagedSuperBlocksAreAPoolThatIsRefused() throws IOException {
        CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        create(disk);
        disk.rot(80, 1);
        disk.rot(disk.size() - Geometry.PAGE + 80, 1);
        assertThat(SuperBlocks.find(disk)).isInstanceOf(SuperBlocks.Found.Damaged.class);
        assertThat(DiskContent.of(disk).what()).contains("both damaged");
    }

    @Test
    void aPoolOnADiskThatWasMadeLargerFindsItsSecondSuperBlock() throws IOException {
        CrashableDisk small = new CrashableDisk(20 * MIB, 512);
        create(small);
        CrashableDisk large = new CrashableDisk(30 * MIB, 512);
        ByteBuffer all = ByteBuffer.allocate(20 * MIB);
        small.read(0, all);
        large.write(0, all.flip());
        assertThat(found(large).complaint()).isEmpty();
        open(large);
        assertThat(found(large).complaint()).isEmpty();
    }

    /// A file system was made over the pool, and left the pool's end as it was.
    @Test
    void aSecondSuperBlockAloneIsNoPoolWhereSomebodyElseBegins() throws IOException {
        CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        create(disk);
        disk.write(0, ByteBuffer.wrap("XFSB and so on, in many bytes of a sector".getBytes(StandardCharsets.US_ASCII)));
        disk.write(64, ByteBuffer.wrap(new byte[448]));
        byte[] other = new byte[448];
        new Random(1).nextBytes(other);
        disk.write(32, ByteBuffer.wrap(other));
        assertThat(DiskContent.of(disk).what()).contains("XFS");
    }

    @Test
    void aLaterVersionsFlagsAreHonoured() {
        assertThat(new Compatibility(1, 0, 0).writable()).isTrue();
        assertThat(new Compatibility(0, 1, 0).writable()).isFalse();
        assertThat(new Compatibility(0, 1, 0).readable()).isTrue();
        assertThat(new Compatibility(0, 0, 1).readable()).isFalse();
    }

    @Test
    void aMissingNodeIsNamed() throws IOException {
        CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        Metadata metadata = create(disk);
        metadata.write(new Change.Put(health(4)));
        settle(disk, metadata);
        long root = open(disk).block().root().address();
        disk.rot(root + 100, 1);
        assertThatThrownBy(() -> open(disk))
                .hasMessageContaining("node of generation")
                .hasMessageContaining("" + root);
    }
}
