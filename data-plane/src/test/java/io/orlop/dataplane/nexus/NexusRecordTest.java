package io.orlop.dataplane.nexus;

import static io.orlop.dataplane.nexus.NexusBench.filled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.ChildAction;
import io.orlop.model.ChildState;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusStatus;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What stands on record is what the latest nexus wrote last, whatever comes late.
@Timeout(60)
class NexusRecordTest {
    private static final Duration LONG = Duration.ofSeconds(10);
    private final NexusBench bench = new NexusBench();

    @Test
    void aWriteThatWasGivenUpAndComesLateDoesNothing() throws IOException {
        Nexus nexus = bench.nexus(1, 2);
        List<Runnable> late = new ArrayList<>();
        bench.beforeReplace = (key, revision, info) -> {
            bench.beforeReplace = (_, _, _) -> {};
            late.add(() -> bench.store.replace(key, revision, info, LONG));
            throw new IOException("no answer in time");
        };
        nexus.act(bench.copy(2), ChildAction.OFFLINE);
        NexusInfo faulted = bench.store.at("key");
        assertThat(late).hasSize(1);
        late.forEach(Runnable::run);
        assertThat(bench.store.at("key")).isEqualTo(faulted);
        assertThat(bench.healthOnRecord()).containsExactly(true, false);
    }

    @Test
    void aWriteWhoseAnswerWasLostCounts() {
        Nexus nexus = bench.nexus(1, 2);
        bench.beforeReplace = (key, revision, info) -> {
            bench.beforeReplace = (_, _, _) -> {};
            bench.store.replace(key, revision, info, LONG);
            throw new IOException("the answer was lost");
        };
        nexus.act(bench.copy(2), ChildAction.OFFLINE);
        assertThat(healthInStore()).containsExactly(true, false);
        nexus.shutdown();
        assertThat(inStore().cleanShutdown()).isTrue();
    }

    @Test
    void ofTwoNexusesWithOneRecordTheEarlierStops() throws IOException {
        Nexus earlier = bench.nexus(1, 2);
        Nexus later = bench.nexus(1);
        NexusInfo written = inStore();
        bench.at(2).failOnceIn(0);
        assertThatThrownBy(() -> earlier.device().write(0, filled(512, 1))).hasMessageContaining("another nexus");
        assertThat(earlier.state().status()).isEqualTo(NexusStatus.SHUTDOWN);
        earlier.shutdown();
        assertThat(inStore()).isEqualTo(written);
        later.device().write(0, filled(512, 2));
        later.shutdown();
        assertThat(inStore().cleanShutdown()).isTrue();
    }

    @Test
    void aRecordThatWasRestoredFromABackupIsWrittenAgain() {
        Nexus nexus = bench.nexus(1, 2, 3);
        NexusInfo backup = inStore();
        nexus.act(bench.copy(2), ChildAction.OFFLINE);
        bench.store.save("key", backup);
        nexus.act(bench.copy(3), ChildAction.OFFLINE);
        assertThat(healthInStore()).containsExactly(true, false, false);
    }

    @Test
    void epochsGoOnFromThoseOnRecord() {
        Nexus first = bench.nexus(1, 2);
        first.act(bench.copy(2), ChildAction.OFFLINE);
        first.shutdown();
        long before = inStore().latestEpoch();
        bench.nexus(1);
        assertThat(inStore().latestEpoch()).isGreaterThan(before);
    }

    @Test
    void copiesOfANexusThatEndedBadlyAreNotReadInTurn() throws Exception {
        Nexus died = bench.nexus(1, 2);
        died.abandon();
        bench.at(2).scribble(5 << 20, filled(512, 9).array());
        Nexus next = bench.nexus(1, 2);
        while (next.rebuildHistory().isEmpty()) Thread.sleep(1);
        while (next.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.sleep(1);
        assertThat(next.state().children()).allMatch(ChildState::healthy);
        assertThat(bench.at(2).content(5 << 20, 512)).isEqualTo(bench.at(1).content(5 << 20, 512));
    }

    @Test
    void aCopyThatWasNotWholeIsRebuiltOrRefused() throws Exception {
        Nexus died = bench.nexus(1, 2);
        died.act(bench.copy(2), ChildAction.OFFLINE);
        died.abandon();
        assertThatThrownBy(() -> bench.nexus(2))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class));
        assertThat(healthInStore()).containsExactly(true, false);
        Nexus next = bench.nexus(1, 2);
        while (next.rebuildHistory().isEmpty()) Thread.sleep(1);
        while (next.state().children().stream().anyMatch(ChildState::rebuilding)) Thread.sleep(1);
        assertThat(next.state().children()).allMatch(ChildState::healthy);
    }

    @Test
    void judgesWhatItFinds() {
        UUID me = new UUID(1, 1);
        NexusInfo wanted = info(me, 6);
        assertThat(Claim.of(wanted, wanted, 5)).isEqualTo(Claim.KEPT);
        assertThat(Claim.of(null, wanted, 5)).isEqualTo(Claim.REPLACE);
        assertThat(Claim.of(info(me, 5), wanted, 5)).isEqualTo(Claim.REPLACE);
        assertThat(Claim.of(info(new UUID(2, 2), 3), wanted, 5)).isEqualTo(Claim.REPLACE);
        assertThat(Claim.of(info(null, 0), wanted, 5)).isEqualTo(Claim.REPLACE);
        assertThat(Claim.of(info(new UUID(2, 2), 6), wanted, 5)).isEqualTo(Claim.SUPERSEDED);
        assertThat(Claim.of(info(new UUID(2, 2), 7), wanted, 5)).isEqualTo(Claim.SUPERSEDED);
    }

    private static NexusInfo info(@Nullable UUID writer, long epoch) {
        return new NexusInfo(false, List.of(new NexusInfo.Child(new ReplicaId(new UUID(4, 4)), true, epoch)), writer);
    }

    private NexusInfo inStore() {
        NexusInfo info = bench.store.at("key");
        if (info == null) throw new AssertionError("nothing on record");
        return info;
    }

    private List<Boolean> healthInStore() {
        return inStore().children().stream().map(NexusInfo.Child::healthy).toList();
    }
}
