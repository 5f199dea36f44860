package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ChildAction;
import io.orlop.model.ChildState;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A copy that went and came back is not what it was, however much it looks like it.
@Timeout(60)
class IncarnationTest {
    private static final long MIB = 1 << 20;
    private final NexusBench bench = new NexusBench();

    @Test
    void theEndOfARebuildDoesNotMakeALaterIncarnationWhole() throws Exception {
        Nexus nexus = bench.nexus(1);
        nexus.device().writeZeroes(0, nexus.device().size());
        bench.copy(2);
        Copy second = bench.at(2);
        second.local = true;
        var ending = new AtomicReference<Thread>();
        var held = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        // The old rebuild is at its end: meanwhile the copy goes, misses a write, and comes back.
        second.beforeFlush = () -> {
            second.beforeFlush = () -> {};
            nexus.act(bench.copy(2), ChildAction.OFFLINE);
            nexus.device().write(5 * MIB, filled((int) MIB, 9));
            second.beforeZeroes = () -> {
                held.countDown();
                await(go);
            };
            nexus.act(bench.copy(2), ChildAction.ONLINE);
            await(held);
            ending.set(Thread.currentThread());
        };
        nexus.addChild(bench.copy(2), false);
        while (ending.get() == null || ending.get().getState() != Thread.State.WAITING) Thread.sleep(1);
        go.countDown();

        while (nexus.rebuildHistory().size() < 2) Thread.yield();
        while (nexus.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.yield();
        assertThat(nexus.state().children()).allMatch(ChildState::healthy);
        int size = (int) nexus.device().size();
        assertThat(second.content(5 * MIB, size)).isEqualTo(bench.at(1).content(5 * MIB, size));
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
