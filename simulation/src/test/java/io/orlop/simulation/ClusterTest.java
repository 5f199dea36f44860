package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Publication;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Whole clusters, crashed at any step of a volume's life. Each seed draws who crashes, when, and for how long.
class ClusterTest {
    @SeededTest(seeds = 300)
    void aVolumeIsCreatedPublishedAndDeletedWhoeverCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        User.crashSomebody(cluster, random, cluster.everybody(), 700);

        user.create(volume);
        Volume published = user.publish(volume);
        String uri = User.deviceUri(published);
        byte[] written = User.bytes(random);
        user.write(uri, written);
        user.settled();
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }

    @SeededTest(seeds = 700)
    void acknowledgedWritesSurviveTheLossOfANodeWhoeverElseCrashes(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        user.create(volume);
        Volume published = user.publish(volume);
        var target = (Publication.Published) published.spec().publication();
        byte[] written = User.bytes(random);
        String uri = User.deviceUri(published);
        user.write(uri, written);

        published.state().replicas().values().stream()
                .filter(replica -> !replica.node().equals(target.node()))
                .findFirst()
                .ifPresent(replica -> cluster.crash(
                        cluster.victim(cluster.node(replica.node())), Duration.ofSeconds(1 + random.nextInt(120))));
        User.crashSomebody(cluster, random, cluster.services(), 1000);
        byte[] more = User.bytes(random);
        user.write(uri, more);
        user.settled();
        assertThat(user.read(uri)).isEqualTo(more);

        user.unpublish(volume);
        String moved = User.deviceUri(user.publish(volume));
        assertThat(user.read(moved)).isEqualTo(more);
        user.unpublish(volume);
        user.delete(volume);
        user.settled();
    }

    @SeededTest(seeds = 200)
    void aVolumeIsCreatedPublishedAndDeletedWhateverMessageIsLost(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        cluster.weatherAfter(
                1, Weather.lossy(0.01 + 0.09 * random.nextDouble()), Duration.ofSeconds(30 + random.nextInt(270)));

        user.create(volume);
        String uri = User.deviceUri(user.publish(volume));
        byte[] written = User.bytes(random);
        user.write(uri, written);
        user.unpublish(volume);
        String moved = User.deviceUri(user.publish(volume));
        assertThat(user.read(moved)).isEqualTo(written);
        user.settled();
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }

    @SeededTest(seeds = 300)
    void acknowledgedWritesSurviveWhereverTheNetworkSplits(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        user.create(volume);
        String uri = User.deviceUri(user.publish(volume));
        cluster.weatherAfter(
                1 + random.nextInt(100),
                Weather.split(someMachines(cluster, random)),
                Duration.ofSeconds(1 + random.nextInt(120)));
        byte[] last = User.bytes(random);
        for (int write = 0; write < 4; write++) {
            byte[] now = User.bytes(random);
            user.write(uri, now);
            cluster.settle(Duration.ofSeconds(random.nextInt(20)));
            last = now;
        }
        user.settled();
        assertThat(user.read(uri)).isEqualTo(last);

        user.unpublish(volume);
        String moved = User.deviceUri(user.publish(volume));
        assertThat(user.read(moved)).isEqualTo(last);
        user.unpublish(volume);
        user.delete(volume);
        user.settled();
    }

    /// One machine alone, as often as any other number of them.
    private static Set<String> someMachines(SimulatedCluster cluster, Random random) {
        List<String> machines = cluster.machines();
        if (random.nextBoolean()) return Set.of(machines.get(random.nextInt(machines.size())));
        var some = new TreeSet<String>();
        for (String machine : machines) if (random.nextBoolean()) some.add(machine);
        return some;
    }
}
