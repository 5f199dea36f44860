package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.AllowedHost;
import io.orlop.model.ChildAction;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusStatus;
import io.orlop.model.RebuildRecord;
import io.orlop.model.RebuildState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NexusTest {
    private static final long MIB = 1 << 20;
    private final NexusBench bench = new NexusBench();

    @Test
    void showsTheDataAreaOfMayastorsLabel() {
        Nexus nexus = bench.nexus(1, 2);
        assertThat(nexus.device().blocks()).isEqualTo((12 * MIB - 16 * 1024) / 512 - 2 - 5 * MIB / 512);
        assertThat(nexus.state().size().count()).isEqualTo(12 * MIB);
        assertThat(Label.dataBlocks(100 * MIB / 512, 512, 10 * MIB)).isEqualTo(10 * MIB / 512 - 1);
    }

    @Test
    void writesToEveryCopyAtFiveMebibytes() throws IOException {
        Nexus nexus = bench.nexus(1, 2, 3);
        nexus.device().write(4096, filled(8192, 9));
        for (int i = 1; i <= 3; i++)
            assertThat(bench.at(i).content(5 * MIB + 4096, 8192)).containsOnly(9);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void aFailingCopyIsRetiredOnRecordAndTheWriteSucceeds() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        bench.at(2).failOnceIn(0);
        nexus.device().write(0, filled(8192, 5));
        assertThat(bench.at(1).content(5 * MIB, 8192)).containsOnly(5);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.DEGRADED);
        assertThat(child(nexus, 2))
                .extracting(ChildState::status, ChildState::reason)
                .containsExactly(ChildStatus.FAULTED, ChildReason.IO_FAILURE);
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    @Test
    void aReadThatFailsIsAnsweredByAnotherCopy() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        nexus.device().write(0, filled(512, 5));
        bench.at(1).dead = true;
        for (int i = 0; i < 4; i++) assertThat(read(nexus, 0, 512)).containsOnly(5);
        assertThat(bench.healthOnRecord()).containsExactly(false, true);
    }

    @Test
    void theLastWholeCopyIsNeverRetired() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        bench.at(2).dead = true;
        nexus.device().flush();
        bench.at(1).failOnceIn(0);
        assertThatThrownBy(() -> nexus.device().write(0, filled(512, 1))).hasMessageContaining("fails to write");
        nexus.device().write(0, filled(512, 1));
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.DEGRADED);
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    @Test
    void theLastWholeCopyIsConnectedToAgainWhenItIsLost() throws IOException {
        Nexus nexus = bench.nexus(1);
        nexus.device().write(0, filled(512, 1));
        nexus.device().flush();
        bench.at(1).disconnect();
        assertThat(read(nexus, 0, 512)).containsOnly(1);
        bench.at(1).disconnect();
        nexus.device().write(0, filled(512, 2));
        bench.at(1).disconnect();
        bench.at(1).dead = true;
        assertThatThrownBy(() -> nexus.device().write(0, filled(512, 3))).isInstanceOf(IOException.class);
        bench.at(1).dead = false;
        nexus.device().write(0, filled(512, 4));
        assertThat(bench.at(1).content(5 * MIB, 512)).containsOnly(4);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void aWriteThatFailedEverywhereLeavesEqualCopies() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        nexus.device().write(0, filled(8192, 1));
        bench.at(1).failOnceIn(0);
        bench.at(2).failOnceIn(0);
        assertThatThrownBy(() -> nexus.device().write(0, filled(8192, 2))).isInstanceOf(IOException.class);
        byte[] once = read(nexus, 0, 8192);
        assertThat(read(nexus, 0, 8192)).isEqualTo(once);
        assertThat(bench.at(1).content(5 * MIB, 8192)).isEqualTo(bench.at(2).content(5 * MIB, 8192));
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void stopsWhenItCannotWriteDownWhatFailed() {
        NexusInfoStore down = new NexusInfoStore() {
            @Override
            public Kept read(String key, Duration atMost) {
                return Kept.NOTHING;
            }

            @Override
            public Kept replace(String key, long revision, NexusInfo info, Duration atMost) throws IOException {
                throw new IOException("down");
            }
        };
        var hasty = new NexusRecord("key", down, new HastyAmbient());
        assertThatThrownBy(() -> hasty.save(false, List.of())).hasMessage("down");
    }

    @Test
    void anAddedChildIsRebuiltAndThenOnRecord() throws Exception {
        Nexus nexus = bench.nexus(1);
        nexus.device().write(MIB, filled((int) MIB, 3));
        nexus.addChild(bench.copy(2), false);
        awaitRebuild(nexus, 1);
        assertThat(bench.at(2).content(6 * MIB, (int) MIB)).containsOnly(3);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.ONLINE);
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        RebuildRecord record = nexus.rebuildHistory().getFirst();
        assertThat(record.state()).isEqualTo(RebuildState.COMPLETED);
        assertThat(record.blocksRecovered()).isEqualTo(nexus.device().blocks());
        assertThat(record.blocksTransferred()).isEqualTo(MIB / 512);
        refuses(Refusal.AlreadyExists.class, () -> nexus.addChild(bench.copy(2), false));
    }

    @Test
    void aRebuildUnderWritesEndsWithEqualCopies() throws Exception {
        for (int seed = 0; seed < 5; seed++) {
            Nexus nexus = bench.nexus(1);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed * 10L + i);
                writers.add(Thread.ofVirtual().start(() -> {
                    for (int n = 0; n < 2000; n++) {
                        int count = 1 + random.nextInt(200);
                        long block = random.nextInt((int) nexus.device().blocks() - count);
                        try {
                            nexus.device().write(block * 512, filled(count * 512, random.nextInt()));
                        } catch (IOException e) {
                            throw new AssertionError(e);
                        }
                    }
                }));
            }
            nexus.addChild(bench.copy(2), false);
            awaitRebuild(nexus, 1);
            for (Thread writer : writers) writer.join();
            int size = (int) nexus.device().size();
            assertThat(bench.at(2).content(5 * MIB, size)).isEqualTo(bench.at(1).content(5 * MIB, size));
            nexus.removeChild(bench.copy(2));
            nexus.shutdown();
        }
    }

    @Test
    void aFailedRebuildFaultsTheChildWhichCanBeTriedAgain() throws Exception {
        Nexus nexus = bench.nexus(1);
        nexus.device().write(0, filled((int) MIB, 3));
        bench.copy(2);
        bench.at(2).failOnceIn(5);
        nexus.addChild(bench.copy(2), false);
        awaitRebuild(nexus, 1);
        assertThat(child(nexus, 2))
                .extracting(ChildState::status, ChildState::reason)
                .containsExactly(ChildStatus.FAULTED, ChildReason.REBUILD_FAILED);
        assertThat(nexus.rebuildHistory().getFirst().state()).isEqualTo(RebuildState.FAILED);
        nexus.act(bench.copy(2), ChildAction.ONLINE);
        awaitRebuild(nexus, 2);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void offlineAndOnline() throws Exception {
        Nexus nexus = bench.nexus(1, 2);
        nexus.act(bench.copy(1), ChildAction.OFFLINE);
        assertThat(child(nexus, 1))
                .extracting(ChildState::status, ChildState::reason)
                .containsExactly(ChildStatus.DEGRADED, ChildReason.BY_CLIENT);
        nexus.device().write(0, filled(512, 7));
        refuses(Refusal.FailedPrecondition.class, () -> nexus.act(bench.copy(2), ChildAction.OFFLINE));
        nexus.act(bench.copy(1), ChildAction.ONLINE);
        awaitRebuild(nexus, 1);
        assertThat(bench.at(1).content(5 * MIB, 512)).containsOnly(7);
        nexus.act(bench.copy(1), ChildAction.OFFLINE_PERMANENT);
        refuses(Refusal.FailedPrecondition.class, () -> nexus.act(bench.copy(1), ChildAction.ONLINE));
        nexus.removeChild(bench.copy(1));
        assertThat(nexus.state().children()).hasSize(1);
        assertThat(bench.healthOnRecord()).containsExactly(true);
    }

    @Test
    void refusesToRemoveTheLastHealthyChildAndForgivesAnUnknownOne() {
        Nexus nexus = bench.nexus(1, 2);
        nexus.act(bench.copy(1), ChildAction.FAULT_IO_ERROR);
        refuses(Refusal.FailedPrecondition.class, () -> nexus.removeChild(bench.copy(2)));
        nexus.removeChild(bench.copy(1));
        refuses(Refusal.FailedPrecondition.class, () -> nexus.removeChild(bench.copy(2)));
        nexus.removeChild(bench.copy(3));
    }

    @Test
    void refusesChildrenThatDoNotFit() {
        refuses(Refusal.Invalid.class, () -> bench.nexus());
        bench.copies.put(uri(9), new Copy(uri(9), 6 * MIB));
        refuses(Refusal.Invalid.class, () -> bench.nexus(1, 9));
        bench.at(2).dead = true;
        refuses(Refusal.Invalid.class, () -> bench.nexus(1, 2));
        assertThat(bench.at(1).opened).isZero();
        Nexus nexus = bench.nexus(1);
        refuses(Refusal.Invalid.class, () -> nexus.addChild(uri(9), false));
        refuses(Refusal.Invalid.class, () -> nexus.addChild("bdev:///r3", false));
    }

    @Test
    void refusesTheSameReplicaTwice() {
        assertThatThrownBy(() -> bench.nexus(1, 2, 1))
                .hasMessageContaining(uri(1))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Invalid.class));
        assertThat(bench.at(1).opened).isZero();
    }

    @Test
    void saysWhenItReportsSomethingNewAndNotThatItWorks() throws Exception {
        Nexus nexus = bench.nexus(1, 2);
        nexus.publish(List.of("nqn.a"));
        int published = bench.changes.get();
        nexus.publish(List.of("nqn.a"));
        nexus.device().write(0, filled(512, 7));
        nexus.device().flush();
        assertThat(bench.changes).hasValue(published);

        bench.at(2).dead = true;
        nexus.device().write(0, filled(512, 8));
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.DEGRADED);
        int degraded = bench.changes.get();
        assertThat(degraded).isGreaterThan(published);

        nexus.addChild(bench.copy(3), false);
        awaitRebuild(nexus, 1);
        assertThat(bench.changes).hasValueGreaterThan(degraded);
    }

    @Test
    void publishingIsRepeatableAndKeepsTheVolumesIdentity() {
        Nexus nexus = bench.nexus(1);
        assertThat(nexus.state().deviceUri()).isEmpty();
        nexus.publish(List.of("nqn.a"));
        nexus.publish(List.of("nqn.b"));
        var exposure = bench.exposed.firstEntry().getValue();
        assertThat(exposure.allowedHosts()).containsExactly(AllowedHost.fromAnywhere("nqn.b"));
        assertThat(exposure.identity()).hasToString(nexus.name());
        assertThat(nexus.state().deviceUri())
                .isEqualTo("nvmf+tcp://10.0.0.1:8420/nqn.2019-05.io.openebs:" + nexus.name());
        nexus.unpublish();
        nexus.unpublish();
        assertThat(bench.exposed).isEmpty();
    }

    @Test
    void aShutdownIsCleanOnRecordAndTheNexusStaysListed() {
        Nexus nexus = bench.nexus(1, 2);
        nexus.publish(List.of());
        assertThat(bench.saved.getLast().cleanShutdown()).isFalse();
        nexus.shutdown();
        nexus.shutdown();
        assertThat(bench.saved.getLast().cleanShutdown()).isTrue();
        assertThat(bench.healthOnRecord()).containsExactly(true, true);
        assertThat(nexus.state().status()).isEqualTo(NexusStatus.SHUTDOWN);
        assertThat(bench.exposed).isEmpty();
        assertThat(bench.at(1).opened).isZero();
        assertThatThrownBy(() -> nexus.device().write(0, filled(512, 1))).hasMessageContaining("was shut down");
        refuses(Refusal.FailedPrecondition.class, () -> nexus.publish(List.of()));
    }

    @Test
    void aCopyThatCannotFlushAtShutdownIsNotOnRecordAsWhole() {
        Nexus nexus = bench.nexus(1, 2);
        bench.at(2).dead = true;
        nexus.shutdown();
        assertThat(bench.saved.getLast().cleanShutdown()).isTrue();
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    private static String uri(int number) {
        return "bdev:///r%d?uuid=00000000-0000-0000-0000-00000000000%d".formatted(number, number);
    }

    private ChildState child(Nexus nexus, int number) {
        return nexus.state().children().stream()
                .filter(child -> child.uri().equals(bench.copy(number)))
                .findFirst()
                .orElseThrow();
    }

    private static void awaitRebuild(Nexus nexus, int ended) {
        while (nexus.rebuildHistory().size() < ended || nexus.state().rebuilds() > 0) Thread.yield();
        // The child's condition follows the history.
        while (nexus.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.yield();
    }

    private static void refuses(Class<? extends Refusal> kind, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOf(RefusalException.class)
                .satisfies(e -> assertThat(((RefusalException) e).refusal()).isInstanceOf(kind));
    }

    private static byte[] read(Nexus nexus, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        nexus.device().read(offset, buffer);
        return buffer.array();
    }
}
