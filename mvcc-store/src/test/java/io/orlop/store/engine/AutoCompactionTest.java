package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// When history is compacted by itself, and up to where.
class AutoCompactionTest {
    private final StillAmbient ambient = new StillAmbient(1);
    private final List<Long> compacted = new ArrayList<>();
    private long revision = 1;

    private AutoCompaction of(Retention retention) {
        return new AutoCompaction(retention, () -> revision, compacted::add, ambient);
    }

    /// Ten revisions between two looks.
    private void pass(AutoCompaction compaction, int looks) {
        for (int i = 0; i < looks; i++) {
            revision += 10;
            ambient.pass(compaction.interval());
            compaction.look();
        }
    }

    @Test
    void keepsWhatIsYoungerThanAnHour() {
        AutoCompaction compaction = of(new Retention.Period(Duration.ofHours(1)));
        assertThat(compaction.interval()).isEqualTo(Duration.ofMinutes(6));
        pass(compaction, 9);
        assertThat(compacted).isEmpty();
        pass(compaction, 1);
        assertThat(compacted).containsExactly(1L);
        pass(compaction, 20);
        assertThat(compacted).containsExactly(1L, 91L, 191L);
    }

    @Test
    void keepsADayAndCompactsEachHourThen() {
        AutoCompaction compaction = of(new Retention.Period(Duration.ofHours(24)));
        pass(compaction, 239);
        assertThat(compacted).isEmpty();
        pass(compaction, 1);
        assertThat(compacted).containsExactly(1L);
        pass(compaction, 10);
        assertThat(compacted).containsExactly(1L, 91L);
    }

    @Test
    void keepsSoManyRevisions() {
        AutoCompaction compaction = of(new Retention.Revisions(25));
        assertThat(compaction.interval()).isEqualTo(Duration.ofMinutes(5));
        pass(compaction, 2);
        assertThat(compacted).isEmpty();
        pass(compaction, 3);
        assertThat(compacted).containsExactly(6L, 16L, 26L);
        ambient.pass(compaction.interval());
        compaction.look();
        assertThat(compacted).as("nothing new, nothing to compact").hasSize(3);
    }
}
