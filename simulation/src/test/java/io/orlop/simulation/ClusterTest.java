package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.model.Topology;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumePolicy;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.PublishVolume;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// Whole clusters, crashed at any step of a volume's life. Each seed draws who crashes, when, and for how long.
class ClusterTest {
    private static final int BLOCK = 4096;

    @SeededTest(seeds = 300)
    void aVolumeIsCreatedPublishedAndDeletedWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        cluster.boot();
        Random random = cluster.random();
        var volume = new VolumeId(new UUID(random.nextLong(), random.nextLong()));
        crashSomebody(cluster, random, cluster.everybody(), 700);

        create(cluster, volume);
        Volume published = publish(cluster, volume);
        String uri = deviceUri(published);
        byte[] written = bytes(random);
        cluster.stubbornly(() -> write(cluster.open(uri), written));
        settled(cluster);
        unpublish(cluster, volume);
        delete(cluster, volume);

        settled(cluster);
    }

    @SeededTest(seeds = 700)
    void acknowledgedWritesSurviveTheLossOfANodeWhoeverElseCrashes(SimulatedCluster cluster) throws Exception {
        cluster.boot();
        Random random = cluster.random();
        var volume = new VolumeId(new UUID(random.nextLong(), random.nextLong()));
        create(cluster, volume);
        Volume published = publish(cluster, volume);
        var target = (Publication.Published) published.spec().publication();
        byte[] written = bytes(random);
        String uri = deviceUri(published);
        cluster.stubbornly(() -> write(cluster.open(uri), written));

        published.state().replicas().values().stream()
                .filter(replica -> !replica.node().equals(target.node()))
                .findFirst()
                .ifPresent(replica -> cluster.crash(
                        cluster.victim(cluster.node(replica.node())), Duration.ofSeconds(1 + random.nextInt(120))));
        crashSomebody(cluster, random, cluster.services(), 1000);
        byte[] more = bytes(random);
        cluster.stubbornly(() -> write(cluster.open(uri), more));
        settled(cluster);
        assertThat(cluster.stubbornly(() -> read(cluster.open(uri)))).isEqualTo(more);

        unpublish(cluster, volume);
        String moved = deviceUri(publish(cluster, volume));
        assertThat(cluster.stubbornly(() -> read(cluster.open(moved)))).isEqualTo(more);
        unpublish(cluster, volume);
        delete(cluster, volume);
        settled(cluster);
    }

    @SeededTest(seeds = 200)
    void aVolumeIsCreatedPublishedAndDeletedWhateverMessageIsLost(SimulatedCluster cluster) throws Exception {
        cluster.boot();
        Random random = cluster.random();
        var volume = new VolumeId(new UUID(random.nextLong(), random.nextLong()));
        cluster.weatherAfter(
                1, Weather.lossy(0.01 + 0.09 * random.nextDouble()), Duration.ofSeconds(30 + random.nextInt(270)));

        create(cluster, volume);
        String uri = deviceUri(publish(cluster, volume));
        byte[] written = bytes(random);
        cluster.stubbornly(() -> write(cluster.open(uri), written));
        unpublish(cluster, volume);
        String moved = deviceUri(publish(cluster, volume));
        assertThat(cluster.stubbornly(() -> read(cluster.open(moved)))).isEqualTo(written);
        settled(cluster);
        unpublish(cluster, volume);
        delete(cluster, volume);

        settled(cluster);
    }

    @SeededTest(seeds = 300)
    void acknowledgedWritesSurviveWhereverTheNetworkSplits(SimulatedCluster cluster) throws Exception {
        cluster.boot();
        Random random = cluster.random();
        var volume = new VolumeId(new UUID(random.nextLong(), random.nextLong()));
        create(cluster, volume);
        String uri = deviceUri(publish(cluster, volume));
        cluster.weatherAfter(
                1 + random.nextInt(100),
                Weather.split(someMachines(cluster, random)),
                Duration.ofSeconds(1 + random.nextInt(120)));
        byte[] last = bytes(random);
        for (int write = 0; write < 4; write++) {
            byte[] now = bytes(random);
            cluster.stubbornly(() -> write(cluster.open(uri), now));
            cluster.settle(Duration.ofSeconds(random.nextInt(20)));
            last = now;
        }
        settled(cluster);
        assertThat(cluster.stubbornly(() -> read(cluster.open(uri)))).isEqualTo(last);

        unpublish(cluster, volume);
        String moved = deviceUri(publish(cluster, volume));
        assertThat(cluster.stubbornly(() -> read(cluster.open(moved)))).isEqualTo(last);
        unpublish(cluster, volume);
        delete(cluster, volume);
        settled(cluster);
    }

    /// One machine alone, as often as any other number of them.
    private static Set<String> someMachines(SimulatedCluster cluster, Random random) {
        List<String> machines = cluster.machines();
        if (random.nextBoolean()) return Set.of(machines.get(random.nextInt(machines.size())));
        var some = new TreeSet<String>();
        for (String machine : machines) if (random.nextBoolean()) some.add(machine);
        return some;
    }

    private static void crashSomebody(
            SimulatedCluster cluster, Random random, List<SimulatedCluster.Victim> candidates, int withinMessages) {
        cluster.crashAfter(
                1 + random.nextInt(withinMessages),
                candidates.get(random.nextInt(candidates.size())),
                Duration.ofSeconds(random.nextInt(40)));
    }

    /// Waits until everything promised is kept and nothing is left over.
    private static void settled(SimulatedCluster cluster) {
        for (int round = 0; round < 60 && Invariants.violated(cluster).isPresent(); round++) {
            cluster.settle(Duration.ofSeconds(10));
        }
        assertThat(Invariants.violated(cluster))
                .as("what is wrong after everything has settled")
                .isEmpty();
    }

    private static void create(SimulatedCluster cluster, VolumeId volume) throws Exception {
        var request = new CreateVolume(
                volume,
                new VolumeShape(
                        SimulatedCluster.volumeSize(),
                        2,
                        true,
                        new VolumePolicy(true),
                        Topology.ANYWHERE,
                        Map.of(),
                        null,
                        null));
        cluster.persistently(() -> {
            try {
                return cluster.volumes().create(request);
            } catch (RefusalException refused) {
                // A retry of one that was kept.
                if (refused.refusal() instanceof Refusal.AlreadyExists)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
    }

    private static Volume publish(SimulatedCluster cluster, VolumeId volume) throws Exception {
        var request = new PublishVolume(null, ShareProtocol.NVMF, null, false, false);
        cluster.persistently(() -> {
            try {
                return cluster.volumes().publish(volume, request);
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.AlreadyPublished)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
        for (int round = 0; round < 60; round++) {
            Volume now = cluster.persistently(() -> cluster.volumes().volume(volume));
            if (now.state().target() != null && now.state().target().published()) return now;
            cluster.settle(Duration.ofSeconds(5));
        }
        throw new AssertionError("the volume is published and no target serves it");
    }

    private static void unpublish(SimulatedCluster cluster, VolumeId volume) throws Exception {
        cluster.persistently(() -> {
            try {
                return cluster.volumes().unpublish(volume, false);
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.NotPublished)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
    }

    private static void delete(SimulatedCluster cluster, VolumeId volume) throws Exception {
        cluster.<Object>persistently(() -> {
            try {
                cluster.volumes().delete(volume);
            } catch (RefusalException refused) {
                if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
            }
            return volume;
        });
    }

    private static String deviceUri(Volume volume) {
        assertThat(volume.state().status()).isIn(VolumeStatus.ONLINE, VolumeStatus.DEGRADED);
        return Objects.requireNonNull(volume.state().target()).deviceUri();
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[8 * BLOCK];
        random.nextBytes(bytes);
        return bytes;
    }

    private static boolean write(BlockDevice device, byte[] bytes) throws Exception {
        device.write(BLOCK, ByteBuffer.wrap(bytes));
        device.flush();
        return true;
    }

    private static byte[] read(BlockDevice device) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(8 * BLOCK);
        device.read(BLOCK, bytes);
        return bytes.array();
    }
}
