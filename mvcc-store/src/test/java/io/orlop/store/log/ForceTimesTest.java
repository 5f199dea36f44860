package io.orlop.store.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForceTimesTest {
    private long now;
    private long next;
    private final List<Long> slow = new ArrayList<>();
    private final ForceTimes times = new ForceTimes(this::clock, slow::add);

    /// Time passes between two looks, and stands still until the next pair.
    private long clock() {
        now += next;
        next = 0;
        return now;
    }

    private void force(long nanos) throws IOException {
        clock();
        CrashableDirectory disk = CrashableDirectory.with(Fault.first(() -> next = nanos, Call.FORCE));
        try (var file = disk.create("file")) {
            times.force(file);
        }
    }

    @Test
    void countsInEtcdsClasses() throws IOException {
        force(1_000_000);
        force(1_000_001);
        force(2_000_000);
        force(8_192_000_000L);
        force(8_192_000_001L);
        assertThat(times.count(0)).isEqualTo(1);
        assertThat(times.count(1)).isEqualTo(2);
        assertThat(times.boundSeconds(1)).isEqualTo(0.002);
        assertThat(times.count(times.bounded() - 1)).isEqualTo(1);
        assertThat(times.boundSeconds(times.bounded() - 1)).isEqualTo(8.192);
        assertThat(times.count(times.bounded())).isEqualTo(1);
        assertThat(times.count()).isEqualTo(5);
        assertThat(times.totalSeconds()).isEqualTo(16.388000002);
    }

    @Test
    void tellsOfWhatTookMoreThanASecond() throws IOException {
        force(1_000_000_000);
        force(1_500_000_000);
        assertThat(slow).containsExactly(1_500_000_000L);
    }

    @Test
    void doubtsADiskForASecondAfterItTookLong() throws IOException {
        force(10_000_000);
        assertThat(times.hesitates()).isFalse();
        force(10_000_001);
        assertThat(times.hesitates()).isTrue();
        next = 1_000_000_000;
        clock();
        assertThat(times.hesitates()).isFalse();
    }
}
