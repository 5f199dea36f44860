package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is on record when a nexus is gone must hold for its copies: whoever comes next reads from each that is whole.
@Timeout(60)
class LettingGoTest {
    private static final long MIB = 1 << 20;
    private final NexusBench bench = new NexusBench();

    @Test
    void copiesThatAFailedWriteLeftUnequalAreEqualWhenTheRecordIsClean() {
        Nexus nexus = bench.nexus(1, 2);
        writeThatReachesTheFirstOnly(nexus);
        nexus.shutdown();
        assertThat(bench.last().cleanShutdown()).isTrue();
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        assertThat(bench.at(1).content(5 * MIB, 8192)).isEqualTo(bench.at(2).content(5 * MIB, 8192));
    }

    @Test
    void oneThatCannotBeMadeEqualIsNotWholeOnRecord() {
        Nexus nexus = bench.nexus(1, 2);
        writeThatReachesTheFirstOnly(nexus);
        bench.at(2).beforeWrite = LettingGoTest::refuse;
        nexus.shutdown();
        assertThat(bench.last().cleanShutdown()).isTrue();
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    @Test
    void theRecordIsNotCleanWhereNoCopyCanBeRead() {
        Nexus nexus = bench.nexus(1, 2);
        writeThatReachesTheFirstOnly(nexus);
        bench.at(1).dead = true;
        bench.at(2).dead = true;
        nexus.shutdown();
        assertThat(bench.last().cleanShutdown()).isFalse();
    }

    @Test
    void theLastCopyIsFlushedBeforeTheRecordIsClean() throws IOException {
        Nexus nexus = bench.nexus(1);
        nexus.device().write(0, filled(512, 1));
        int flushed = bench.at(1).flushes.get();
        nexus.shutdown();
        assertThat(bench.last().cleanShutdown()).isTrue();
        assertThat(bench.at(1).flushes).hasValueGreaterThan(flushed);
    }

    @Test
    void theRecordIsNotCleanWhereTheLastCopyCannotBeFlushed() throws IOException {
        Nexus nexus = bench.nexus(1);
        nexus.device().write(0, filled(512, 1));
        bench.at(1).beforeFlush = LettingGoTest::refuse;
        nexus.shutdown();
        assertThat(bench.last().cleanShutdown()).isFalse();
        assertThat(bench.healthOnRecord()).containsExactly(true);
    }

    private void writeThatReachesTheFirstOnly(Nexus nexus) {
        bench.at(1).failOnceIn(0);
        Copy second = bench.at(2);
        second.beforeWrite = () -> {
            second.beforeWrite = () -> {};
            refuse();
        };
        assertThatThrownBy(() -> nexus.device().write(0, filled(8192, 2))).isInstanceOf(IOException.class);
    }

    private static void refuse() throws IOException {
        throw new IOException("refused");
    }
}
