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
/// `-Dorlop.scale.nodes=1000 -Dorlop.scale.volumes=100000` for a large one.
class ScaleTest {
    private static final int NODES = Integer.getInteger("orlop.scale.nodes", 50);
    private static final int VOLUMES = Integer.getInteger("orlop.scale.volumes", 2_000);
    private static final int VICTIMS = Math.min(150, VOLUMES / 4);
    private static final int RUNS_PER_VICTIM = 10;

    @SeededTest(seeds = 1)
    void reconcilesAreProportionalToWhatWasLost(SeededScheduler scheduler) throws Exception {
        var reconciled = new Reconciled();
        var cluster = new ScaleCluster(scheduler, NODES, VOLUMES, VICTIMS, reconciled).boot();
        scheduler.runUntil(
                "the look at everything that comes with the office",
                () -> reconciled.volumes() >= VOLUMES,
                Duration.ofHours(1));
        cluster.settle(Duration.ofMinutes(2));

        reconciled.forget();
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
        assertThat(reconciled.total()).isLessThanOrEqualTo(RUNS_PER_VICTIM * VICTIMS);
        assertThat(reconciled.missed).as("what nobody was woken for").isEmpty();
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
        final List<String> missed = new ArrayList<>();
        final List<String> failed = new ArrayList<>();

        @Override
        public void ran(String loop, Object id, Outcome outcome, Duration took) {
            runs.merge(loop + " " + id, 1, Integer::sum);
        }

        @Override
        public void failed(String loop, Object id, Throwable thrown, int failuresInRow, Duration pause) {
            failed.add(loop + " " + id + ": " + thrown);
        }

        @Override
        public void missed(String loop, Object id) {
            missed.add(loop + " " + id);
        }

        long volumes() {
            return runs.keySet().stream().filter(id -> id.startsWith("volumes ")).count();
        }

        int total() {
            return runs.values().stream().mapToInt(Integer::intValue).sum();
        }

        void forget() {
            runs.clear();
            missed.clear();
            failed.clear();
        }
    }
}
