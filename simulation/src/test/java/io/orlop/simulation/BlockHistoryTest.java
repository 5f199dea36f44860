package io.orlop.simulation;

import io.orlop.model.NodeId;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/// Every read of every host returns the last acknowledged write of a block, or one that was under way or failed since,
/// and from then on that: whatever happens to connections, nodes and services meanwhile.
class BlockHistoryTest {
    private static final Duration PAUSE = Duration.ofSeconds(4);

    @SeededTest(seeds = 60)
    void readsAreNeverStaleWhoeverElseCrashes(SimulatedCluster cluster) throws Exception {
        Scene scene = Scene.of(cluster);
        NodeId victim = User.notTheTarget(scene.published);
        cluster.crashAfter(
                1 + scene.random.nextInt(200),
                cluster.victim(cluster.node(victim)),
                Duration.ofSeconds(1 + scene.random.nextInt(60)));
        User.crashSomebody(cluster, scene.random, cluster.services(), 1000);
        scene.plays();
    }

    @SeededTest(seeds = 60)
    void readsAreNeverStaleWhereverTheNetworkSplits(SimulatedCluster cluster) throws Exception {
        Scene scene = Scene.of(cluster);
        cluster.weatherAfter(
                1 + scene.random.nextInt(100),
                Weather.split(Set.of(cluster.machines()
                        .get(scene.random.nextInt(cluster.machines().size())))),
                Duration.ofSeconds(1 + scene.random.nextInt(60)));
        scene.plays();
    }

    @SeededTest(seeds = 40)
    void readsAreNeverStaleWhateverIsLost(SimulatedCluster cluster) throws Exception {
        Scene scene = Scene.of(cluster);
        cluster.weatherAfter(
                1,
                Weather.lossy(0.01 + 0.2 * scene.random.nextDouble()),
                Duration.ofSeconds(10 + scene.random.nextInt(100)));
        scene.plays();
    }

    /// The target's power cut may cost what was not flushed; what was is there, on every copy.
    @SeededTest(seeds = 60)
    void flushedWritesAreReadAfterThePowerCutOfTheTarget(SimulatedCluster cluster) throws Exception {
        Scene scene = Scene.flushing(cluster);
        cluster.crashAfter(
                1 + scene.random.nextInt(200),
                cluster.victim(cluster.node(User.target(scene.published))),
                Duration.ofSeconds(1 + scene.random.nextInt(60)));
        scene.plays();
    }

    /// A published volume of two copies, and a host.
    private record Scene(User user, Random random, VolumeId volume, Volume published, BusyHost host) {
        static Scene of(SimulatedCluster cluster) throws Exception {
            return of(cluster, false);
        }

        static Scene flushing(SimulatedCluster cluster) throws Exception {
            return of(cluster, true);
        }

        private static Scene of(SimulatedCluster cluster, boolean flushesAll) throws Exception {
            User user = User.of(cluster.boot());
            VolumeId volume = User.anyVolume(cluster.random());
            user.create(volume);
            Volume published = user.publish(volume);
            var host = new BusyHost(cluster, User.deviceUri(published), flushesAll);
            return new Scene(user, cluster.random(), volume, published, host);
        }

        /// Works through the faults, then looks at every copy, here and where the volume moves to.
        void plays() throws Exception {
            host.work(20, PAUSE);
            user.settled();
            host.readsAll(3);
            user.unpublish(volume);
            host.moved(User.deviceUri(user.publish(volume)));
            host.readsAll(3);
            user.unpublish(volume);
            user.delete(volume);
            user.settled();
        }
    }
}
