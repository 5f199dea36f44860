package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Warrant;
import io.orlop.model.ChildState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Copies that fail all at once, and what may have been forgotten meanwhile.
@Timeout(60)
class OutageTest {
    private static final long MIB = 1 << 20;
    private final NexusBench bench = new NexusBench();

    @Test
    void everyFlushFailsOnceTheLastCopyWasAwayWithWhatWasNotFlushed() throws IOException {
        Nexus nexus = bench.nexus(1);
        BlockDevice host = nexus.device().under(Warrant.STANDING);
        host.write(0, filled(512, 1));
        host.flush();
        bench.at(1).disconnect();
        host.flush();
        host.write(0, filled(512, 2));
        bench.at(1).disconnect();
        for (int retry = 0; retry < 6; retry++) assertThatThrownBy(host::flush).hasMessageContaining("forgotten");

        BlockDevice established = nexus.device().under(Warrant.STANDING);
        established.write(0, filled(512, 3));
        established.flush();
        assertThatThrownBy(host::flush).hasMessageContaining("forgotten");
    }

    @Test
    void aFlushThatFailedOnTheLastCopyIsNotMadeGoodByTheNext() throws IOException {
        Nexus nexus = bench.nexus(1);
        BlockDevice host = nexus.device().under(Warrant.STANDING);
        host.write(0, filled(512, 1));
        bench.at(1).failOnceIn(0);
        assertThatThrownBy(host::flush).isInstanceOf(IOException.class);
        for (int retry = 0; retry < 6; retry++) assertThatThrownBy(host::flush).hasMessageContaining("forgotten");
        nexus.device().under(Warrant.STANDING).flush();
    }

    @Test
    void copiesThatWereLostTogetherAreAllWholeWhenTheyAnswerAgain() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        nexus.device().write(0, filled(512, 1));
        nexus.device().flush();
        bench.at(1).disconnect();
        bench.at(2).disconnect();
        nexus.device().write(0, filled(512, 2));
        nexus.device().flush();
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        for (int i = 1; i <= 2; i++)
            assertThat(bench.at(i).content(5 * MIB, 512)).containsOnly(2);
    }

    @Test
    void whoDoesNotAnswerWhenAnotherDoesIsRetired() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        bench.at(1).disconnect();
        bench.at(2).disconnect();
        bench.at(1).dead = true;
        nexus.device().write(0, filled(512, 2));
        assertThat(bench.healthOnRecord()).containsExactly(false, true);
        assertThat(bench.at(2).content(5 * MIB, 512)).containsOnly(2);
    }

    @Test
    void aLossThatOneCopyShowsFirstIsJudgedWhenTheOthersAreAsked() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        nexus.device().flush();
        // The network goes between the two legs of one write.
        bench.at(2).disconnect();
        bench.at(1).beforeWrite = () -> {
            bench.at(1).beforeWrite = () -> {};
            bench.at(1).disconnectAfterwards();
        };
        nexus.device().write(0, filled(512, 2));
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        for (int i = 1; i <= 2; i++)
            assertThat(bench.at(i).content(5 * MIB, 512)).containsOnly(2);
    }

    @Test
    void aProbeThatFailsOnEveryCopyRetiresNone() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        bench.at(1).failOnceIn(0);
        bench.at(2).failOnceIn(0);
        ((Mirror) nexus.device()).probe();
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        bench.at(1).disconnect();
        bench.at(2).disconnect();
        ((Mirror) nexus.device()).probe();
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        assertThat(nexus.state().children()).allMatch(ChildState::healthy);
    }

    @Test
    void blocksThatOneCopyForgotAreEqualBeforeTheyAreRead() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        BlockDevice host = nexus.device().under(Warrant.STANDING);
        host.write(MIB, filled(4096, 1));
        host.flush();
        host.write(MIB, filled(4096, 2));
        bench.at(1).disconnect();
        bench.at(2).disconnect();
        bench.at(2).scribble(6 * MIB, filled(4096, 1).array());

        byte[] once = read(nexus, MIB, 4096);
        for (int i = 0; i < 4; i++) assertThat(read(nexus, MIB, 4096)).isEqualTo(once);
        assertThatThrownBy(host::flush).hasMessageContaining("forgotten");
    }

    @Test
    void whatOneIsRebuiltFromAndThenForgetsIsEqualInBoth() throws Exception {
        Nexus nexus = bench.nexus(1);
        nexus.device().flush();
        // It fails, and half of it is there.
        bench.at(1).failOnceIn(0);
        assertThatThrownBy(() -> nexus.device().write(0, filled(8192, 7))).isInstanceOf(IOException.class);
        assertThat(read(nexus, 0, 512)).containsOnly(7);
        rebuildSecond(nexus);
        forgetAndCompare(nexus);
    }

    @Test
    void oneThatIsStillBeingRebuiltForgetsWhatItsSourceForgot() throws Exception {
        Nexus nexus = bench.nexus(1);
        nexus.device().flush();
        nexus.device().write(0, filled(4096, 7));
        bench.copy(2);
        var go = new CountDownLatch(1);
        bench.at(2).beforeFlush = () -> {
            bench.at(2).beforeFlush = () -> {};
            bench.at(1).disconnect();
            bench.at(1).scribble(5 * MIB, filled(4096, 0).array());
            read(nexus, MIB, 512);
            go.countDown();
        };
        rebuildSecond(nexus);
        go.await();
        byte[] once = read(nexus, 0, 4096);
        for (int i = 0; i < 4; i++) assertThat(read(nexus, 0, 4096)).isEqualTo(once);
    }

    private void rebuildSecond(Nexus nexus) throws InterruptedException {
        nexus.addChild(bench.copy(2), false);
        while (nexus.rebuildHistory().isEmpty()) Thread.sleep(1);
        while (nexus.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.sleep(1);
        assertThat(nexus.state().children()).allMatch(ChildState::healthy);
    }

    private void forgetAndCompare(Nexus nexus) throws IOException {
        bench.at(1).disconnect();
        bench.at(2).disconnect();
        bench.at(1).scribble(5 * MIB, filled(4096, 0).array());
        byte[] once = read(nexus, 0, 4096);
        for (int i = 0; i < 4; i++) assertThat(read(nexus, 0, 4096)).isEqualTo(once);
    }

    @Test
    void thoseWhoWaitForLostCopiesDialOnce() throws Exception {
        Nexus nexus = bench.nexus(1);
        var go = new CountDownLatch(1);
        bench.at(1).beforeOpen = () -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
        bench.at(1).disconnect();
        int dialled = bench.at(1).dials.get();
        var failed = new AtomicInteger();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            int block = i;
            writers.add(Thread.ofVirtual().start(() -> {
                try {
                    nexus.device().write(block * 512L, filled(512, 1));
                } catch (IOException e) {
                    failed.incrementAndGet();
                }
            }));
        }
        while (bench.at(1).dials.get() == dialled) Thread.sleep(1);
        // State and operations do not wait for the dialling.
        nexus.state();
        ((Mirror) nexus.device()).alone(() -> {});
        go.countDown();
        for (Thread writer : writers) writer.join();
        assertThat(failed).hasValue(0);
        assertThat(bench.at(1).dials).hasValue(dialled + 1);
    }

    @Test
    void patienceEndsByTheClock() throws IOException {
        Nexus nexus = bench.nexus(1);
        bench.at(1).dead = true;
        bench.at(1).disconnect();
        // Each try takes eleven seconds.
        bench.at(1).beforeOpen = () -> bench.pass(Duration.ofSeconds(11));
        int dialled = bench.at(1).dials.get();
        assertThatThrownBy(() -> nexus.device().write(0, filled(512, 1))).isInstanceOf(IOException.class);
        assertThat(bench.at(1).dials.get() - dialled).isBetween(2, 3);
    }

    private static byte[] read(Nexus nexus, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        nexus.device().read(offset, buffer);
        return buffer.array();
    }
}
