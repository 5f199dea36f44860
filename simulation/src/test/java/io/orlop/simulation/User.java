package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.NodeId;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeStatus;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.UnpublishVolume;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Somebody who has volumes in a simulated cluster, and asks until it is done.
record User(SimulatedCluster cluster) {
    private static final int BLOCK = 4096;

    static User of(SimulatedCluster cluster) {
        return new User(cluster);
    }

    static VolumeId anyVolume(Random random) {
        return new VolumeId(new UUID(random.nextLong(), random.nextLong()));
    }

    static byte[] bytes(Random random) {
        byte[] bytes = new byte[8 * BLOCK];
        random.nextBytes(bytes);
        return bytes;
    }

    static void crashSomebody(
            SimulatedCluster cluster, Random random, List<SimulatedCluster.Victim> candidates, int withinMessages) {
        cluster.crashAfter(
                1 + random.nextInt(withinMessages),
                candidates.get(random.nextInt(candidates.size())),
                Duration.ofSeconds(random.nextInt(40)));
    }

    static CreateVolume ofCopies(VolumeId volume, int copies) {
        return new CreateVolume(
                volume, VolumeShape.of(SimulatedCluster.volumeSize(), copies).withThin(true));
    }

    static PublishVolume on(@Nullable NodeId node) {
        return new PublishVolume(node, ShareProtocol.NVMF, null, false, false);
    }

    /// Waits until everything promised is kept and nothing is left over.
    void settled() throws InterruptedException {
        for (int round = 0; round < 60 && Invariants.violated(cluster).isPresent(); round++) {
            cluster.settle(Duration.ofSeconds(10));
        }
        assertThat(Invariants.violated(cluster))
                .as("what is wrong after everything has settled; %s", cluster.blocked())
                .isEmpty();
    }

    void create(VolumeId volume) throws Exception {
        create(volume, 2);
    }

    void create(VolumeId volume, int copies) throws Exception {
        cluster.persistently(() -> {
            try {
                return cluster.volumes().create(ofCopies(volume, copies));
            } catch (RefusalException refused) {
                // A retry of one that was kept.
                if (refused.refusal() instanceof Refusal.AlreadyExists)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
    }

    Volume publish(VolumeId volume) throws Exception {
        cluster.persistently(() -> {
            try {
                return cluster.volumes().publish(volume, on(null));
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.AlreadyPublished)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
        for (int round = 0; round < 60; round++) {
            Volume now = now(volume);
            if (now.state().target() != null && now.state().target().published()) return now;
            cluster.settle(Duration.ofSeconds(5));
        }
        throw new AssertionError("the volume is published and no target serves it");
    }

    Volume now(VolumeId volume) throws Exception {
        return cluster.persistently(() -> cluster.volumes().volume(volume));
    }

    void unpublish(VolumeId volume) throws Exception {
        cluster.persistently(() -> {
            try {
                return cluster.volumes().unpublish(volume, UnpublishVolume.gently());
            } catch (RefusalException refused) {
                if (refused.refusal() instanceof Refusal.NotPublished)
                    return cluster.volumes().volume(volume);
                throw refused;
            }
        });
    }

    void delete(VolumeId volume) throws Exception {
        cluster.<Object>persistently(() -> {
            try {
                cluster.volumes().delete(volume);
            } catch (RefusalException refused) {
                if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
            }
            return volume;
        });
    }

    void replicas(VolumeId volume, int count) throws Exception {
        cluster.persistently(() -> {
            Volume now = cluster.volumes().volume(volume);
            return now.spec().numReplicas() == count ? now : cluster.volumes().setReplicaCount(volume, count);
        });
    }

    void online(VolumeId volume) throws Exception {
        for (int round = 0; round < 60; round++) {
            if (now(volume).state().status() == VolumeStatus.ONLINE) return;
            cluster.settle(Duration.ofSeconds(5));
        }
        throw new AssertionError(
                "the volume does not come online: " + now(volume).state());
    }

    void write(String deviceUri, byte[] bytes) throws Exception {
        cluster.stubbornly(() -> {
            BlockDevice device = cluster.open(deviceUri);
            device.write(BLOCK, ByteBuffer.wrap(bytes));
            device.flush();
            return true;
        });
    }

    byte[] read(String deviceUri) throws Exception {
        return cluster.stubbornly(() -> {
            ByteBuffer bytes = ByteBuffer.allocate(8 * BLOCK);
            cluster.open(deviceUri).read(BLOCK, bytes);
            return bytes.array();
        });
    }

    /// After everything has settled what was written is there, and nothing is left once the volume is deleted.
    void findsAndDeletes(VolumeId volume, byte[] written) throws Exception {
        settled();
        assertThat(read(deviceUri(publish(volume)))).isEqualTo(written);
        unpublish(volume);
        delete(volume);
        settled();
    }

    static NodeId target(Volume published) {
        return ((Publication.Published) published.spec().publication()).node();
    }

    /// The node of some replica that is not the target's.
    static NodeId notTheTarget(Volume published) {
        return published.state().replicas().values().stream()
                .map(replica -> replica.node())
                .filter(node -> !node.equals(target(published)))
                .findFirst()
                .orElseThrow();
    }

    static String deviceUri(Volume volume) {
        assertThat(volume.state().status()).isIn(VolumeStatus.ONLINE, VolumeStatus.DEGRADED);
        return Objects.requireNonNull(volume.state().target()).deviceUri();
    }
}
