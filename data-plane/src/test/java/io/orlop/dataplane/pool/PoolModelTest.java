package io.orlop.dataplane.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.twin.CrashableDisk;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Everything that can be done with a pool, in any order, against bytes and extents in memory; each step is compared,
/// and all of it whenever the pool is imported anew. A failure names its seed.
class PoolModelTest {
    private static final long MIB = 1 << 20;
    private static final int SEEDS = Integer.getInteger("orlop.pool.seeds", 3 * Integer.getInteger("orlop.longer", 1));
    private static final int STEPS = 300;

    @ParameterizedTest
    @CsvSource({"512, 24", "512, 70", "4096, 24"})
    void isWhatTheModelIsAtEveryStep(int blockSize, int mib) {
        for (long seed = 0; seed < SEEDS; seed++) {
            Story story = new Story(new Random(seed), new CrashableDisk(mib * MIB, blockSize));
            try {
                story.run();
            } catch (Throwable e) {
                throw new AssertionError("seed %d, step %d".formatted(seed, story.step), e);
            }
        }
    }

    private static final class Story {
        private final Random random;
        private final TreeMap<ReplicaId, ReplicaModel> models = new TreeMap<>();
        private final TreeMap<ReplicaId, ReplicaProperties> properties = new TreeMap<>();
        private final LogicalVolumeStore store = new LogicalVolumeStore(Ambient.system());
        private CrashableDisk disk;
        private PoolOps pool;
        private long stamp;
        private int step;
        private long fullest;

        Story(Random random, CrashableDisk disk) {
            this.random = random;
            this.disk = disk;
            try {
                pool = store.createOrImport("p", null, MIB, disk);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        void run() throws IOException {
            for (; step < STEPS; step++) {
                boolean roomIsWanted = false;
                try {
                    act(pool.used() >= pool.capacity() * 95 / 100);
                } catch (NoSpaceException _) {
                    roomIsWanted = true;
                } catch (RefusalException e) {
                    assertThat(e.refusal()).isInstanceOf(Refusal.OutOfCapacity.class);
                    roomIsWanted = true;
                }
                if (roomIsWanted) assertThat(pool.used()).isGreaterThan(pool.capacity() / 3);
                fullest = Math.max(fullest, pool.used() * 100 / pool.capacity());
                compareExtents();
            }
            assertThat(fullest).isGreaterThanOrEqualTo(95);
            importAgain(true);
        }

        private void act(boolean full) throws IOException {
            int what = random.nextInt(24);
            if (models.isEmpty() || what == 0 && models.size() < 12) {
                create();
                return;
            }
            ReplicaModel model = new ArrayList<>(models.values()).get(random.nextInt(models.size()));
            ReplicaOps replica = pool.replica(model.uuid).orElseThrow();
            BlockDevice device = replica.device();
            int grid = device.blockSize() / 512;
            int block = random.nextInt(model.blocks() / grid) * grid;
            int count = grid
                    * (1
                            + random.nextInt(Math.min(
                                    (model.blocks() - block) / grid, random.nextInt(3) == 0 ? 6000 / grid : 40)));
            switch (what) {
                case 1 -> {
                    if (!full && random.nextInt(4) != 0) return;
                    pool.destroy(model.uuid);
                    models.remove(model.uuid);
                    properties.remove(model.uuid);
                }
                case 2 -> model.unmap(device, block, count);
                case 3 -> model.zero(device, block, count);
                case 4, 5 -> model.flush(device);
                case 6 -> {
                    var described = new ReplicaProperties(true, List.of("nqn.host-" + step), "e" + stamp++);
                    replica.describe(described);
                    properties.put(model.uuid, described);
                }
                case 7 -> importAgain(random.nextBoolean());
                case 8, 9 -> model.checkSome(device, random);
                default -> {
                    model.write(device, block, count, ++stamp);
                    model.checkSome(device, random);
                }
            }
        }

        private void create() throws IOException {
            ReplicaId uuid = new ReplicaId(new UUID(random.nextLong(), random.nextLong()));
            long size = MIB * (1 + random.nextInt((int) (pool.capacity() / MIB) / 2));
            var model = new ReplicaModel(uuid, "r" + ++stamp, random.nextInt(3) != 0, size);
            pool.create(uuid, model.name, size, model.thin, ReplicaProperties.PRIVATE);
            models.put(uuid, model);
            properties.put(uuid, ReplicaProperties.PRIVATE);
        }

        /// @param exported in good order, or killed
        private void importAgain(boolean exported) throws IOException {
            if (exported) pool.close();
            else disk = disk.afterKill();
            pool = store.createOrImport("p", null, MIB, disk);
            assertThat(pool.replicas()).extracting(ReplicaOps::uuid).containsExactlyElementsOf(models.keySet());
            for (ReplicaModel model : models.values()) {
                ReplicaOps replica = pool.replica(model.uuid).orElseThrow();
                assertThat(replica.name()).isEqualTo(model.name);
                assertThat(replica.thin()).isEqualTo(model.thin);
                assertThat(replica.properties()).isEqualTo(properties.get(model.uuid));
                model.checkAfter(false, replica.device());
            }
            compareExtents();
        }

        private void compareExtents() {
            long allocated = 0;
            assertThat(pool.replicas()).hasSize(models.size());
            for (ReplicaModel model : models.values()) {
                ReplicaOps replica = pool.replica(model.uuid).orElseThrow();
                if (!replica.thin()) assertThat(replica.allocatedClusters()).isEqualTo(replica.clusters());
                else assertThat(replica.allocatedClusters()).isGreaterThanOrEqualTo(model.clustersWithContent(MIB));
                allocated += replica.allocatedClusters() * MIB;
            }
            assertThat(pool.used()).isEqualTo(allocated);
            assertThat(pool.used()).isLessThanOrEqualTo(pool.capacity());
        }
    }
}
