package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.disk.Disk;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.disk.twin.Fault;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a piece shows that was never written, or of whose first write a crash has left a part.
class FirstWriteTest {
    private static final int MIB = 1 << 20;
    private static final int PIECE = MIB / Geometry.PIECES;
    private static final byte FORMER = 7;

    private final LogicalVolumeStore store = new LogicalVolumeStore(Ambient.system());

    /// All clusters once belonged to somebody who wrote them full.
    private CrashableDisk usedDisk() throws IOException {
        CrashableDisk disk = new CrashableDisk(8 * MIB, 512);
        PoolOps pool = store.createOrImport("p", null, MIB, disk);
        BlockDevice former = create(pool, 1, pool.capacity(), false);
        former.write(0, filled((int) pool.capacity(), FORMER));
        former.flush();
        pool.destroy(id(1));
        pool.close();
        return disk;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyWhatWasWrittenIsShown(boolean thin) throws IOException {
        PoolOps pool = store.load("p", null, usedDisk());
        BlockDevice device = create(pool, 2, 3 * MIB, thin);
        byte[] expected = new byte[3 * MIB];
        assertThat(read(device, 0, 3 * MIB)).isEqualTo(expected);
        Random random = new Random(1);
        for (int i = 1; i <= 60; i++) {
            int offset = random.nextInt(expected.length / 512) * 512;
            int length =
                    Math.min(expected.length - offset, 512 * (1 + random.nextInt(random.nextBoolean() ? 8 : 2500)));
            if (random.nextInt(4) == 0) {
                device.writeZeroes(offset, length);
                Arrays.fill(expected, offset, offset + length, (byte) 0);
            } else {
                device.write(offset, filled(length, (byte) (10 + i)));
                Arrays.fill(expected, offset, offset + length, (byte) (10 + i));
            }
            assertThat(read(device, 0, 3 * MIB)).as("after step %d", i).isEqualTo(expected);
        }
        pool.close();
    }

    @Test
    void aWriteThatWasAcknowledgedIsThereAfterAKillAndNotNecessarilyAfterAPowerCut() throws IOException {
        CrashableDisk disk = usedDisk();
        BlockDevice device = create(store.load("p", null, disk), 2, 3 * MIB, true);
        device.write(PIECE / 2, filled(PIECE, (byte) 9));

        CrashableDisk killed = disk.afterKill();
        BlockDevice after =
                store.load("p", null, killed).replica(id(2)).orElseThrow().device();

        assertThat(read(after, PIECE / 2, PIECE)).containsOnly(9);
        assertThat(read(after, 0, PIECE / 2)).containsOnly(0);
        assertThat(read(after, PIECE / 2 + PIECE, PIECE)).containsOnly(0);
    }

    /// A frame may be on the medium whose data is not.
    @Test
    void aPowerCutNeverShowsWhatTheFormerOwnerHad() throws IOException {
        CrashableDisk disk = usedDisk();
        PoolOps pool = store.load("p", null, disk);
        BlockDevice device = create(pool, 2, 3 * MIB, true);
        BlockDevice thick = create(pool, 3, 2 * MIB, false);
        device.write(0, filled(PIECE, (byte) 9));
        device.flush();
        device.write(2 * PIECE, filled(5 * PIECE, (byte) 10));
        thick.write(512, filled(MIB, (byte) 11));
        boolean lost = false;
        for (int cut = 0; cut < 30; cut++) {
            PoolOps found = store.load("p", null, disk.afterPowerCut(new Random(cut)));
            byte[] content = read(found.replica(id(2)).orElseThrow().device(), 0, 3 * MIB);
            assertThat(Arrays.copyOf(content, PIECE)).containsOnly(9);
            assertThat(holds(content, FORMER)).as("cut %d", cut).isFalse();
            lost |= content[2 * PIECE] == 0;
            assertThat(holds(read(found.replica(id(3)).orElseThrow().device(), 0, 2 * MIB), FORMER))
                    .as("cut %d", cut)
                    .isFalse();
        }
        assertThat(lost).isTrue();
    }

    @Test
    void aFlushedFirstWriteSurvivesEveryPowerCutWhateverCameAfterIt() throws IOException {
        for (int calls = 0; calls < 12; calls++) {
            CrashableDisk disk = usedDisk();
            PoolOps pool = store.load("p", null, disk);
            BlockDevice device = create(pool, 2, 3 * MIB, true);
            device.write(0, filled(MIB + PIECE, (byte) 9));
            device.flush();
            disk.crashAfter(calls);
            try {
                for (int i = 1; i < 20; i++) device.write(MIB + i * PIECE + 512, filled(512, (byte) i));
                device.flush();
            } catch (IOException _) {
                // crashed
            }
            for (int cut = 0; cut < 8; cut++) {
                PoolOps found = store.load("p", null, disk.afterPowerCut(new Random(cut)));
                byte[] content = read(found.replica(id(2)).orElseThrow().device(), 0, MIB + PIECE);
                assertThat(content)
                        .as("cut %d", cut)
                        .isEqualTo(filled(MIB + PIECE, (byte) 9).array());
            }
        }
    }

    /// A release that is not on the medium yet: whoever gets the cluster must not be seen by its former owner.
    @Test
    void aClusterIsNotGivenAwayBeforeItsReleaseIsSettled() throws IOException {
        CrashableDisk disk = usedDisk();
        PoolOps pool = store.load("p", null, disk);
        int clusters = (int) (pool.capacity() / MIB);
        BlockDevice former = create(pool, 2, pool.capacity(), true);
        BlockDevice next = create(pool, 3, pool.capacity(), true);
        former.write(0, filled(clusters * MIB, (byte) 9));
        former.flush();
        former.unmap(0, 3 * MIB);
        next.write(0, filled(3 * MIB, (byte) 10));
        for (int cut = 0; cut < 30; cut++) {
            PoolOps found = store.load("p", null, disk.afterPowerCut(new Random(cut)));
            assertThat(holds(read(found.replica(id(2)).orElseThrow().device(), 0, clusters * MIB), (byte) 10))
                    .as("cut %d", cut)
                    .isFalse();
        }
    }

    /// The system goes on, and so does its memory; but what is in it may be all there is.
    @Test
    void whatWasNotForcedIsDoubtedAfterAForceThatFailed() throws IOException {
        CrashableDisk disk = usedDisk();
        BlockDevice device = create(store.load("p", null, disk), 2, 3 * MIB, true);
        device.write(0, filled(PIECE, (byte) 9));
        device.flush();
        device.write(2 * PIECE, filled(PIECE, (byte) 10));
        Fault failing = disk.faults().add(Fault.lostForce());
        assertThatThrownBy(device::flush).isInstanceOf(IOException.class);
        failing.mend();

        BlockDevice again = store.load("p", null, disk.afterKill())
                .replica(id(2))
                .orElseThrow()
                .device();

        assertThat(read(again, 0, PIECE)).containsOnly(9);
        assertThat(read(again, 2 * PIECE, PIECE)).containsOnly(0);
    }

    /// The system tells of a force that failed once: whoever asks next hears of nothing.
    @Test
    void aFlushThatSucceedsAfterAnothersFailedIsNotAcknowledged() throws IOException {
        CrashableDisk disk = usedDisk();
        PoolOps pool = store.load("p", null, disk);
        BlockDevice one = create(pool, 2, 3 * MIB, true);
        BlockDevice other = create(pool, 3, 3 * MIB, true);
        one.write(0, filled(PIECE, (byte) 9));
        other.write(0, filled(PIECE, (byte) 10));
        Runnable another = () -> {
            disk.faults().add(Fault.lostForce().times(1));
            assertThatThrownBy(other::flush).isInstanceOf(IOException.class);
        };
        disk.faults().add(Fault.first(another, Call.FORCE).times(1));

        assertThatThrownBy(one::flush).isInstanceOf(IOException.class);
    }

    /// The frame that says so is there, one before it is not.
    @Test
    void whatWasNotForcedIsDoubtedAlsoWhereTheLogHasAGap() throws IOException {
        CrashableDisk disk = usedDisk();
        BlockDevice device = create(store.load("p", null, disk), 2, 3 * MIB, true);
        device.flush();
        device.write(2 * PIECE, filled(PIECE, (byte) 10));
        device.write(4 * PIECE, filled(PIECE, (byte) 11));
        Fault failing = disk.faults().add(Fault.lostForce());
        assertThatThrownBy(device::flush).isInstanceOf(IOException.class);
        failing.mend();
        CrashableDisk after = disk.afterKill();
        eraseLastFrameButOne(after);

        BlockDevice again =
                store.load("p", null, after).replica(id(2)).orElseThrow().device();

        assertThat(read(again, 2 * PIECE, PIECE)).containsOnly(0);
    }

    private static void eraseLastFrameButOne(Disk disk) throws IOException {
        if (!(SuperBlocks.find(disk) instanceof SuperBlocks.Found.Pool(SuperBlock block, var complaint, var damaged))) {
            throw new AssertionError("no pool");
        }
        ByteBuffer slot = ByteBuffer.allocate(Geometry.SLOT);
        disk.read(block.log(), slot);
        slot.flip();
        List<Integer> frames = new ArrayList<>();
        for (int at = 0; at < Geometry.SLOT; at += 512) {
            if (Frame.decode(slot, at, block.log(), block.incarnation(), block.generation())
                    .isPresent()) frames.add(at);
        }
        disk.writeZeroes(block.log() + frames.get(frames.size() - 2), 512);
    }

    private static BlockDevice create(PoolOps pool, int number, long size, boolean thin) throws IOException {
        return pool.create(id(number), "r" + number, size, thin, ReplicaProperties.PRIVATE)
                .device();
    }

    private static ReplicaId id(int number) {
        return new ReplicaId(new UUID(0, number));
    }

    private static boolean holds(byte[] content, byte value) {
        for (byte one : content) {
            if (one == value) return true;
        }
        return false;
    }

    private static ByteBuffer filled(int length, byte value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, value);
        return ByteBuffer.wrap(bytes);
    }

    private static byte[] read(BlockDevice device, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        device.read(offset, buffer);
        return buffer.array();
    }
}
