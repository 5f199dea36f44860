package io.orlop.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.Outcome;
import io.orlop.model.VolumeStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What work costs where there is much: it follows what changed, and not what there is.
///
/// `-Plong` makes it 1,000 nodes and 100,000 volumes; `-Dorlop.scale.nodes` and `-Dorlop.scale.volumes` any size.
class ScaleTest {
    private static final int LONGER = Math.min(20, Integer.getInteger("orlop.longer", 1));
    private static final int NODES = Integer.getInteger("orlop.scale.nodes", 50 * LONGER);
    private static final int VOLUMES = Integer.getInteger("orlop.scale.volumes", 5_000 * LONGER);
    private static final int VICTIMS = Math.min(300, VOLUMES / 10);
    /// Of each service's loop.
    private static final int RUNS_PER_VICTIM = 10;

    @SeededTest(seeds = 1)
    void reconcilesAreProportionalToWhatWasLost(SeededScheduler scheduler) throws Exception {
        var reconciled = new Reconciled();
        var cluster = new ScaleCluster(scheduler, NODES, VOLUMES, VICTIMS, reconciled).boot();
        scheduler.runUntil("everybody in office", cluster::inOffice, Duration.ofHours(1));
        cluster.settle(Duration.ofMinutes(2));
        assertThat(reconciled.runs)
                .as("what a leader does that takes office where all is well")
                .isEmpty();

        cluster.settle(Duration.ofMinutes(1));
        assertThat(reconciled.runs).as("what is done in a quiet minute").isEmpty();
        assertThat(reconciled.missed).as("what nobody was woken for").isEmpty();
        assertThat(reconciled.failed).isEmpty();

        cluster.loseFirstNode();
        cluster.settle(Duration.ofMinutes(2));
        Set<String> affected = cluster.affected();
        assertThat(reconciled.runs.keySet())
                .as("what has nothing to do with the node that was lost")
                .allMatch(id -> affected.contains(id.substring(id.indexOf(' ') + 1)));
        assertThat(reconciled.runsByLoop.values())
                .as("runs of the loops: %s", reconciled.runsByLoop)
                .allMatch(runs -> runs <= RUNS_PER_VICTIM * VICTIMS);
        assertThat(reconciled.missed).as("what nobody was woken for").isEmpty();
        System.out.printf(
                "%,d nodes, %,d volumes, %d of them hurt: runs %s, and %d that found they had to wait%n",
                NODES, VOLUMES, VICTIMS, reconciled.runsByLoop, reconciled.blocked);

        reconciled.forget();
        cluster.settle(Duration.ofMinutes(1));
        assertThat(reconciled.runsByLoop)
                .as("what is done once everything is mended")
                .isEmpty();
        assertThat(reconciled.blocked)
                .as("what is asked again once in a period: whether the node is back that has replicas to be removed")
                .isLessThanOrEqualTo(7 * VICTIMS);
        for (int v = 0; v < VICTIMS; v++) {
            if (!cluster.served(v)) continue;
            int victim = v;
            assertThat(cluster.asUser(() -> cluster.volumes().volume(ScaleCluster.volume(victim)))
                            .state()
                            .status())
                    .isEqualTo(VolumeStatus.ONLINE);
        }
    }

    /// What the loops of all services did.
    private static final class Reconciled implements LoopObserver {
        final Map<String, Integer> runs = new TreeMap<>();
        /// Without those that only found that they have to wait.
        final Map<String, Integer> runsByLoop = new TreeMap<>();
        final List<String> missed = new ArrayList<>();
        final List<String> failed = new ArrayList<>();
        int blocked;

        @Override
        public void ran(String loop, Object id, Outcome outcome, Duration took) {
            runs.merge(loop + " " + id, 1, Integer::sum);
            if (outcome instanceof Outcome.Blocked) blocked++;
            else runsByLoop.merge(loop, 1, Integer::sum);
        }

        @Override
        public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
            failed.add(loop + " " + id + ": " + thrown);
        }

        @Override
        public void missed(String loop, Object id) {
            missed.add(loop + " " + id);
        }

        void forget() {
            runs.clear();
            runsByLoop.clear();
            blocked = 0;
            missed.clear();
            failed.clear();
        }
    }
}
