package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.model.PoolStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random operations on a pool whose disk crashes at a random call, life after life, against a model of what must and
/// what may be there. A failure names its seed.
class PoolCrashTest {
    private static final int SEEDS =
            Integer.getInteger("orlop.pool.seeds", 100 * Integer.getInteger("orlop.longer", 1));
    private static final long MIB = 1 << 20;
    private static final int LIVES = 4;
    private static final int OPERATIONS = 60;

    @Test
    void flushedWritesSurvivePowerCutsAndAcknowledgedOnesKills() {
        for (long seed = 0; seed < SEEDS; seed++) {
            try {
                new Story(seed).run();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void survivesACrashAtEveryCallOfCreatingAPool(boolean powerCut) throws IOException {
        Random random = new Random(7);
        for (int calls = 0; ; calls++) {
            CrashableDisk disk = new CrashableDisk(16 * MIB, 512);
            disk.crashAfter(calls);
            boolean created = true;
            try (PoolOps pool = store().createOrImport("p", null, MIB, disk)) {
                pool.create(new ReplicaId(new UUID(1, 1)), "r", MIB, false, ReplicaProperties.PRIVATE);
            } catch (IOException _) {
                created = false;
            }
            CrashableDisk after = powerCut ? disk.afterPowerCut(random) : disk.afterKill();
            try (PoolOps pool = store().createOrImport("p", null, MIB, after)) {
                assertThat(pool.status()).isEqualTo(PoolStatus.ONLINE);
                assertThat(pool.used()).isEqualTo(pool.replicas().size() * MIB);
                if (created) assertThat(pool.replicas()).hasSize(1);
            }
            if (created) return;
        }
    }

    private static LogicalVolumeStore store() {
        return new LogicalVolumeStore(Ambient.system());
    }

    /// One disk, several lives of the process above it.
    private static final class Story {
        private final Random random;
        private final TreeMap<ReplicaId, ReplicaModel> models = new TreeMap<>();
        private final List<ReplicaModel> uncertain = new ArrayList<>();
        private CrashableDisk disk = new CrashableDisk(20 * MIB, 512);
        private long stamp = 1;

        Story(long seed) {
            random = new Random(seed);
        }

        void run() throws IOException {
            for (int life = 0; life < LIVES; life++) {
                disk.crashAfter(random.nextInt(80));
                try {
                    live(store().createOrImport("p", null, MIB, disk));
                } catch (IOException e) {
                    if (!disk.crashed()) throw e;
                }
                boolean powerCut = random.nextBoolean();
                disk = powerCut ? disk.afterPowerCut(random) : disk.afterKill();
                check(powerCut);
            }
        }

        private void live(PoolOps pool) throws IOException {
            for (int i = 0; i < OPERATIONS; i++) {
                try {
                    step(pool);
                } catch (NoSpaceException _) {
                    // the pool is full, and nothing of the write happened
                } catch (RefusalException e) {
                    assertThat(e.refusal()).isInstanceOf(Refusal.OutOfCapacity.class);
                }
            }
        }

        private void step(PoolOps pool) throws IOException {
            int what = random.nextInt(20);
            if (models.isEmpty() || what == 0) {
                ReplicaId uuid = new ReplicaId(new UUID(random.nextLong(), random.nextLong()));
                var model = new ReplicaModel(uuid, "r" + stamp++, random.nextBoolean(), MIB * (1 + random.nextInt(5)));
                uncertain.add(model);
                try {
                    pool.create(uuid, model.name, model.blocks() * 512L, model.thin, ReplicaProperties.PRIVATE);
                } catch (RefusalException e) {
                    uncertain.clear();
                    throw e;
                }
                uncertain.clear();
                models.put(uuid, model);
                return;
            }
            ReplicaModel model = new ArrayList<>(models.values()).get(random.nextInt(models.size()));
            var device = pool.replica(model.uuid).orElseThrow().device();
            int block = random.nextInt(model.blocks());
            int count = 1 + random.nextInt(Math.min(model.blocks() - block, random.nextBoolean() ? 8 : 6000));
            switch (what) {
                case 1 -> {
                    models.remove(model.uuid);
                    uncertain.add(model);
                    pool.destroy(model.uuid);
                    uncertain.clear();
                }
                case 2, 3 -> model.unmap(device, block, count);
                case 4, 5 -> model.zero(device, block, count);
                case 6, 7, 8 -> model.flush(device);
                case 9, 10 -> model.checkSome(device, random);
                case 11 -> {
                    var properties = new ReplicaProperties(true, List.of("nqn.host"), "e" + stamp++);
                    pool.replica(model.uuid).orElseThrow().describe(properties);
                    assertThat(pool.replica(model.uuid).orElseThrow().properties())
                            .isEqualTo(properties);
                }
                default -> model.write(device, block, count, stamp++);
            }
        }

        private void check(boolean powerCut) throws IOException {
            PoolOps pool = store().createOrImport("p", null, MIB, disk);
            for (ReplicaModel model : uncertain) {
                if (pool.replica(model.uuid).isPresent()) models.put(model.uuid, model);
            }
            uncertain.clear();
            assertThat(pool.replicas()).extracting(ReplicaOps::uuid).containsExactlyElementsOf(models.keySet());
            long allocated = 0;
            for (ReplicaModel model : models.values()) {
                ReplicaOps replica = pool.replica(model.uuid).orElseThrow();
                assertThat(replica.name()).isEqualTo(model.name);
                model.checkAfter(powerCut, replica.device());
                allocated += replica.allocatedClusters() * MIB;
            }
            assertThat(pool.used()).isEqualTo(allocated);
            // The next life begins as after a kill: nothing was forced since.
        }
    }
}
