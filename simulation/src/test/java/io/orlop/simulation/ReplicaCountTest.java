package io.orlop.simulation;

import io.orlop.model.NodeId;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.Random;

/// Volumes that get more copies and fewer, while copies come and go.
class ReplicaCountTest {
    @SeededTest(seeds = 100)
    void aServedVolumeGrowsAndShrinksWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        byte[] written = User.bytes(random);
        user.create(volume);
        String uri = User.deviceUri(user.publish(volume));
        user.write(uri, written);
        User.crashSomebody(cluster, random, cluster.everybody(), 800);

        user.replicas(volume, 3);
        user.online(volume);
        user.replicas(volume, 2);
        user.online(volume);
        user.replicas(volume, 1);

        user.findsAndDeletes(volume, written);
    }

    /// A is whole and B has missed writes; one of them is to go while A's node and somebody else go away.
    @SeededTest(seeds = 150)
    void whatShrinksKeepsTheCopyThatIsWholeWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        user.create(volume);
        Volume published = user.publish(volume);
        String uri = User.deviceUri(published);
        user.write(uri, User.bytes(random));
        NodeId target = User.target(published);
        NodeId incomplete = User.notTheTarget(published);
        cluster.crash(cluster.victim(cluster.node(incomplete)), Duration.ofSeconds(5 + random.nextInt(20)));
        byte[] written = User.bytes(random);
        user.write(uri, written);
        user.unpublish(volume);
        cluster.crashAfter(
                1 + random.nextInt(150), cluster.victim(cluster.node(target)), Duration.ofSeconds(random.nextInt(60)));
        User.crashSomebody(cluster, random, cluster.services(), 150);
        User.crashSomebody(cluster, random, cluster.services(), 300);

        user.replicas(volume, 1);

        user.findsAndDeletes(volume, written);
    }
}
