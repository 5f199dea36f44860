package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.VolumeId;
import io.orlop.simulation.SimulatedNetwork.CommitFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// The copy that leads is lost at any message, or one word of it to the store is.
class LeaderLossTest {
    @SeededTest(seeds = 150)
    void theOtherCopyFinishesWhatTheLeaderBegan(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        byte[] written = User.bytes(random);
        List<SimulatedCluster.Office> offices = new ArrayList<>(Arrays.asList(SimulatedCluster.Office.values()));
        Collections.shuffle(offices, random);

        loseLeader(cluster, random, offices.get(0));
        user.create(volume);
        loseLeader(cluster, random, offices.get(1));
        user.write(User.deviceUri(user.publish(volume)), written);
        loseLeader(cluster, random, offices.get(2));
        user.unpublish(volume);
        assertThat(user.read(User.deviceUri(user.publish(volume)))).isEqualTo(written);
        loseLeader(cluster, random, offices.get(3));
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }

    private static void loseLeader(SimulatedCluster cluster, Random random, SimulatedCluster.Office office) {
        cluster.crashLeaderAfter(1 + random.nextInt(150), office, Duration.ofSeconds(random.nextInt(40)));
    }

    @SeededTest(seeds = 100)
    void whatALeaderSaidThatIsNoneAnyMoreIsNotDone(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        byte[] written = User.bytes(random);
        SimulatedCluster.Office office =
                random.nextBoolean() ? SimulatedCluster.Office.POOLS : SimulatedCluster.Office.NEXUSES;
        cluster.strandLeaderAfter(1 + random.nextInt(120), office, Duration.ofSeconds(30 + random.nextInt(30)));

        user.create(volume);
        user.write(User.deviceUri(user.publish(volume)), written);
        user.unpublish(volume);
        assertThat(user.read(User.deviceUri(user.publish(volume)))).isEqualTo(written);
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }

    @SeededTest(seeds = 150)
    void oneCommitThatIsRefusedOrNotAnsweredLeavesNothingHalfMade(SimulatedCluster cluster) throws Exception {
        User user = User.of(cluster.boot());
        Random random = cluster.random();
        VolumeId volume = User.anyVolume(random);
        byte[] written = User.bytes(random);

        for (SimulatedCluster.Office office : SimulatedCluster.Office.values()) {
            CommitFailure[] failures = CommitFailure.values();
            cluster.failCommitAfter(1 + random.nextInt(200), office, failures[random.nextInt(failures.length)]);
        }
        user.create(volume);
        user.write(User.deviceUri(user.publish(volume)), written);
        user.unpublish(volume);
        user.replicas(volume, 1);
        assertThat(user.read(User.deviceUri(user.publish(volume)))).isEqualTo(written);
        user.settled();
        user.unpublish(volume);
        user.delete(volume);

        user.settled();
    }
}
