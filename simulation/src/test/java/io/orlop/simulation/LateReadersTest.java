package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.NodeId;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.Random;

/// Services that learn of everything late, by other services' writes as by what nodes report.
class LateReadersTest {
    @SeededTest(seeds = 100)
    void nothingIsLostOrLeftByThoseWhoReadLate(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        byte[] written = User.bytes(random);
        someReadLate(cluster, random);
        User.crashSomebody(cluster, random, cluster.everybody(), 1_000);

        user.create(volume);
        user.write(User.deviceUri(user.publish(volume)), written);
        user.replicas(volume, 3);
        user.unpublish(volume);
        user.replicas(volume, 2);
        user.replicas(volume, 1);
        assertThat(user.read(User.deviceUri(user.publish(volume)))).isEqualTo(written);
        user.replicas(volume, 2);
        user.online(volume);
        user.unpublish(volume);
        assertThat(user.read(User.deviceUri(user.publish(volume)))).isEqualTo(written);
        user.settled();
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }

    private static void someReadLate(SimulatedCluster cluster, Random random) {
        for (SimulatedCluster.Victim copy : cluster.services()) {
            if (random.nextInt(3) == 0) continue;
            Duration late = Duration.ofMillis(200 + random.nextInt(5_000));
            cluster.readsLate(copy, late, Duration.ofSeconds(1 + random.nextInt(300)));
        }
    }

    /// A is whole and B has missed writes, and who shrinks the volume may not have heard of either.
    @SeededTest(seeds = 100)
    void theWholeCopyIsKeptByThoseWhoReadLate(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        user.create(volume);
        someReadLate(cluster, random);
        Volume published = user.publish(volume);
        String uri = User.deviceUri(published);
        user.write(uri, User.bytes(random));
        NodeId incomplete = User.notTheTarget(published);
        cluster.crash(cluster.victim(cluster.node(incomplete)), Duration.ofSeconds(1 + random.nextInt(10)));
        byte[] written = User.bytes(random);
        user.write(uri, written);
        user.unpublish(volume);
        User.crashSomebody(cluster, random, cluster.everybody(), 200);

        user.replicas(volume, 1);

        user.findsAndDeletes(volume, written);
    }
}
