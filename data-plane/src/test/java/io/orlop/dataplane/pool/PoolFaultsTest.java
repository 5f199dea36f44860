package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.Disk;
import io.orlop.disk.MemoryDisk;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.model.PoolUuid;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// Sequences that once lost or mixed up what a pool had said.
class PoolFaultsTest {
    private static final long MIB = 1 << 20;

    private final LogicalVolumeStore store = new LogicalVolumeStore(Ambient.system());

    @Test
    void aPoolMadeAnewUnderItsFormerUuidIsEmpty() throws IOException {
        PoolUuid uuid = new PoolUuid(new UUID(7, 7));
        MemoryDisk disk = new MemoryDisk(20 * MIB, 512);
        for (int life = 0; life < 4; life++) {
            try (PoolOps pool = store.createOrImport("p", uuid, MIB, disk)) {
                if (life == 0) replica(pool, 1, MIB);
            }
        }
        store.load("p", uuid, disk).destroy();

        store.createOrImport("p", uuid, MIB, disk).close();

        assertThat(store.load("p", uuid, disk).replicas()).isEmpty();
    }

    /// Every other cluster belongs to another replica, so that nothing lies in runs.
    @Test
    void aFragmentedPoolStillSharesAndCreates() throws IOException {
        CrashableDisk disk = new CrashableDisk(65_536L * MIB, 512);
        PoolOps pool = store.createOrImport("p", null, MIB, disk);
        ReplicaOps one = replica(pool, 1, 32_768L * MIB);
        ReplicaOps other = replica(pool, 2, 32_768L * MIB);
        int next = 3;
        Random random = new Random(1);
        while (pool.used() < pool.capacity() * 95 / 100) {
            ReplicaOps grown = random.nextBoolean() ? one : other;
            grown.device().write(random.nextInt(32_768) * MIB, ByteBuffer.allocate(512));
            if (pool.used() / MIB % 512 != 0) continue;
            grown.describe(grown.properties().shared(true, List.of("nqn.host-" + next)));
            if (pool.replicas().size() < 100) replica(pool, next++, MIB);
        }
        List<String> hosts = java.util.stream.IntStream.range(0, 15)
                .mapToObj(i -> "nqn.2014-08.org.nvmexpress:host-" + i)
                .toList();
        for (ReplicaOps replica : pool.replicas())
            replica.describe(replica.properties().shared(true, hosts));
        assertThat(store.load("p", null, disk.afterKill()).replicas())
                .allMatch(it -> it.properties().allowedHosts().equals(hosts));
    }

    /// What was answered was on the medium, and a sector of it rots.
    @Test
    void aRottenSectorIsNamedAndNeverAnOlderAnswer() throws IOException {
        CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        PoolOps pool = store.createOrImport("p", null, MIB, disk);
        for (int i = 1; i <= 5; i++) replica(pool, i, MIB);
        pool.destroy(id(2));
        for (int cut = 0; cut < 20; cut++) {
            Random random = new Random(cut);
            for (long sector = 0; sector < 3 * MIB / 512; sector++) {
                CrashableDisk after = disk.afterPowerCut(random);
                ByteBuffer content = ByteBuffer.allocate(512);
                after.read(sector * 512, content);
                if (content.flip().equals(ByteBuffer.allocate(512))) continue;
                flip(after, sector * 512 + random.nextInt(64));
                try {
                    PoolOps found = store.load("p", null, after);
                    assertThat(found.replicas())
                            .as("sector %d", sector)
                            .extracting(ReplicaOps::uuid)
                            .containsExactly(id(1), id(3), id(4), id(5));
                } catch (IOException | RefusalException e) {
                    assertThat(e).as("sector %d", sector).hasMessageContaining("damaged");
                }
            }
        }
    }

    private static void flip(Disk disk, long at) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(1);
        disk.read(at, one);
        disk.write(at, one.put(0, (byte) (one.get(0) ^ 4)).flip());
    }

    private static ReplicaOps replica(PoolOps pool, int number, long size) throws IOException {
        return pool.create(id(number), "r" + number, size, true, ReplicaProperties.PRIVATE);
    }

    private static ReplicaId id(int number) {
        return new ReplicaId(new UUID(0, number));
    }
}
