package io.orlop.nexus;

import static io.orlop.nexus.FakeNodes.node;
import static io.orlop.nexus.FakeNodes.replica;
import static io.orlop.nexus.FakeNodes.uri;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.loop.Outcome;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Bytes;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Pending;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.ManualAmbient;
import io.orlop.nexus.FakeNodes.Unheard;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.TargetChoice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NexusServiceTest {
    private static final VolumeId VOLUME = new VolumeId(new UUID(1, 1));
    private static final NexusId FIRST = new NexusId(new UUID(2, 1));
    private static final NexusId SECOND = new NexusId(new UUID(2, 2));

    private final FakeNodes nodes = new FakeNodes(3);
    private final ClusterView view =
            ClusterView.open(Ambient.system(), nodes.keyspace, Layout.DEFAULT, nodes.registry());
    private final Watched watched = new Watched();
    private NexusService service;

    /// What the loops did, and what nobody had told them.
    private static final class Watched implements LoopObserver {
        final List<Object> ran = new CopyOnWriteArrayList<>();
        final List<Object> missed = new CopyOnWriteArrayList<>();
        final Map<String, Integer> turns = new ConcurrentSkipListMap<>();

        @Override
        public void ran(String loop, Object id, Outcome outcome, Duration took) {
            ran.add(id);
        }

        @Override
        public void missed(String loop, Object id) {
            missed.add(id);
        }

        @Override
        public void sized(String loop, int known, int running) {
            turns.merge(loop, 1, Integer::sum);
        }

        int turns() {
            return turns.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        }
    }

    @BeforeEach
    void start() {
        service = open();
    }

    private NexusService open() {
        return open(LoopSettings.named("test").every(Duration.ofMillis(50)));
    }

    private NexusService open(LoopSettings pace) {
        NexusService opened = copy(Ambient.system(), "one", view, pace).start();
        await(() -> opened.owner().isInOffice() && view.seen().isCurrent());
        return opened;
    }

    private NexusService copy(Ambient ambient, String name, ClusterView of, LoopSettings pace) {
        var keyspace = new LocalKeyspace(nodes.store, ambient);
        var leadership = new Leadership(ambient, keyspace, Layout.DEFAULT.leader("nexuses"), name, Duration.ofHours(1));
        return new NexusService(
                ambient, keyspace, Layout.DEFAULT, nodes, of, leadership, NexusSettings.of(pace), watched);
    }

    /// Nothing is looked at again by itself for an hour: what happens then, somebody was woken for.
    private void wakesAlone() {
        service.close();
        service = open(LoopSettings.named("test").every(Duration.ofHours(1)));
    }

    private String waiting(NexusId nexus) {
        return service.owner()
                .blocked()
                .getOrDefault("nexuses", Map.of())
                .getOrDefault(nexus.toString(), "for nothing");
    }

    @AfterEach
    void stop() {
        service.close();
        view.close();
        nodes.close();
    }

    static void await(BooleanSupplier fact) {
        try {
            for (int i = 0; i < 4000; i++) {
                if (fact.getAsBoolean()) return;
                Thread.sleep(5);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("it never came true");
    }

    private static NexusChild child(int replica, int seenFrom) {
        return new NexusChild.Replica(replica(replica), uri(replica, seenFrom));
    }

    private static CreateNexusSpec request(NexusId id, int on, @Nullable NexusId previous, int... replicas) {
        return new CreateNexusSpec(
                id,
                new NexusShape(VOLUME.toString(), node(on), Bytes.mib(64), NvmfConfig.ofPath(1), VOLUME),
                Arrays.stream(replicas).mapToObj(replica -> child(replica, on)).toList(),
                previous);
    }

    private static CreateNexusSpec byHand(NexusId id, int on, List<NexusChild> children) {
        return new CreateNexusSpec(
                id, new NexusShape(id.toString(), node(on), Bytes.mib(64), NvmfConfig.ofPath(1), null), children, null);
    }

    private List<String> childrenOn(int number) {
        return nodes.on(number).getFirst().children().stream()
                .map(child -> child.uri())
                .toList();
    }

    private boolean kept(NexusId nexus) {
        return nodes.keyspace
                .get(Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(VOLUME, nexus))
                .isPresent();
    }

    private void volume(@Nullable NexusId lastNexus) {
        volume(lastNexus, null);
    }

    private void volume(@Nullable NexusId lastNexus, @Nullable VolumeOperation pending) {
        nodes.put(
                Layout.DEFAULT.volumes() + VOLUME,
                JsonDocument.VOLUME.encode(new VolumeSpec(
                        VOLUME,
                        VolumeShape.of(Bytes.mib(64), 2),
                        SpecStatus.CREATED,
                        new Publication.Unpublished(),
                        lastNexus,
                        1,
                        pending == null ? null : Pending.of(pending))));
    }

    @Test
    void buildsANexusOnceHoweverOftenItIsAsked() {
        Nexus built = service.createNexus(request(FIRST, 1, null, 1, 2));
        Nexus again = service.createNexus(request(FIRST, 1, null, 1, 2));
        assertThat(again).isEqualTo(built);
        assertThat(nodes.on(1)).hasSize(1);
        assertThatThrownBy(() -> service.createNexus(request(FIRST, 2, null, 1, 2)))
                .hasMessageContaining("is there already, on node-1");
    }

    @Test
    void aRefusedNexusLeavesNoPromise() {
        nodes.stop(2);
        assertThatThrownBy(() -> service.createNexus(request(FIRST, 1, null, 1, 2)))
                .hasMessageContaining("cannot open");
        assertThatThrownBy(() -> service.nexus(FIRST)).hasMessageContaining("there is no nexus");
    }

    @Test
    void aCleanEndLetsTheNextUseAllCopies() {
        volume(FIRST);
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.destroyNexus(FIRST, VOLUME);
        service.createNexus(request(SECOND, 2, FIRST, 1, 2));
        assertThat(childrenOn(2)).containsExactly(uri(2, 2), uri(1, 2));
    }

    @Test
    void anUncleanEndLetsTheNextUseOneCopy() {
        volume(FIRST);
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(1);
        await(() -> !view.seen().online(node(1)));
        service.destroyNexus(FIRST, VOLUME);
        service.createNexus(request(SECOND, 3, FIRST, 2, 3));
        assertThat(childrenOn(3)).containsExactly(uri(2, 3));
    }

    @Test
    void aNexusOnANodeThatIsAwayGoesWhenItIsBack() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(1);
        await(() -> !view.seen().online(node(1)));
        service.destroyNexus(FIRST, VOLUME);
        assertThatThrownBy(() -> service.nexus(FIRST)).hasMessageContaining("there is no nexus");
        assertThat(nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST)).isPresent();
        nodes.start(1);
        await(() -> nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST).isEmpty());
    }

    @Test
    void publishesForHostsAndTakesBack() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        Nexus published = service.publish(FIRST, List.of("nqn.host"));
        assertThat(published.state()).extracting(NexusState::published).isEqualTo(true);
        assertThat(published.spec()).extracting(NexusSpec::share).isEqualTo(ShareProtocol.NVMF);
        assertThat(service.publish(FIRST, List.of("nqn.host")).spec()).isEqualTo(published.spec());
        assertThat(service.unpublish(FIRST).state())
                .extracting(NexusState::published)
                .isEqualTo(false);
    }

    @Test
    void addsAndRemovesChildren() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.addChild(FIRST, child(3, 1));
        assertThat(childrenOn(1)).hasSize(3);
        service.addChild(FIRST, child(3, 1));
        service.removeChild(FIRST, uri(2, 1));
        service.removeChild(FIRST, uri(2, 1));
        assertThat(childrenOn(1)).containsExactly(uri(1, 1), uri(3, 1));
        assertThatThrownBy(() -> service.removeChild(FIRST, uri(1, 1))).hasMessageContaining("last healthy");
        assertThat(service.nexus(FIRST).spec()).extracting(NexusSpec::operation).isNull();
    }

    @Test
    void aCopyThatWasJustLostIsNobodysBadArgument() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(3);
        assertThatThrownBy(() -> service.addChild(FIRST, child(3, 1)))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class))
                .hasMessageContaining(uri(3, 1));
        assertThat(service.nexus(FIRST).spec()).extracting(NexusSpec::operation).isNull();
        assertThat(childrenOn(1)).hasSize(2);
    }

    /// As a node is told to build the volume's first nexus.
    private static CreateNexus ofTheVolume(String child) {
        return new CreateNexus(
                FIRST,
                VOLUME.toString(),
                Bytes.mib(64),
                NvmfConfig.ofPath(1),
                List.of(child),
                Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(VOLUME, FIRST));
    }

    @Test
    void whatServedTheVolumeBeforeAndIsStillThereIsNobodysSecondNexus() {
        // Given the end of a nexus whose node was away then, and has it when it is back
        nodes.plant(1, ofTheVolume(uri(1, 1)));
        // When, then
        assertThatThrownBy(() -> service.createNexus(request(SECOND, 1, null, 1, 2)))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class))
                .hasMessageContaining("what served the volume before")
                .hasMessageContaining("try again");
        assertThat(nodes.keyspace.get(Layout.DEFAULT.nexuses() + SECOND)).isEmpty();
    }

    @Test
    void aNodeThatNobodyKnowsGetsNoNexus() {
        assertThatThrownBy(() -> service.createNexus(request(FIRST, 77, null, 1)))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.NotFound.class));
        assertThat(nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST)).isEmpty();
    }

    @Test
    void theEndOfANexusWhoseNodeIsNoneOfOursWaitsForNobody() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(1);
        nodes.keyspace.commit(
                Transaction.of().delete(Layout.DEFAULT.nodes() + node(1)).build());
        await(() -> view.nodes().get(node(1)).isEmpty());
        service.destroyNexus(FIRST, VOLUME);
        await(() -> nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST).isEmpty());
    }

    @Test
    void aNexusThatLeftNoWordSaysWhatItWaitsFor() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(1);
        String written = Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(VOLUME, FIRST);
        nodes.keyspace.commit(Transaction.of().delete(written).build());
        nodes.start(1);
        await(() -> waiting(FIRST).contains("left no word"));
        assertThat(nodes.on(1)).isEmpty();
    }

    @Test
    void aNexusThatItsNodeForgotIsNotMissing() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.forget(1, FIRST);
        assertThatThrownBy(() -> service.publish(FIRST, List.of("nqn.host")))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class))
                .hasMessageContaining("made anew");
    }

    @Test
    void buildsANexusAnewThatItsNodeForgot() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.publish(FIRST, List.of("nqn.host"));
        nodes.stop(1);
        nodes.start(1);
        await(() -> nodes.on(1).stream().anyMatch(NexusState::published));
        assertThat(childrenOn(1)).as("it did not end in good order").containsExactly(uri(1, 1));
        assertThat(nodes.on(1).getFirst().hosts()).containsExactly("nqn.host");
        assertThat(nodes.on(1).getFirst().name()).isEqualTo(VOLUME.toString());
        await(() -> service.nexus(FIRST).spec() instanceof NexusSpec spec
                && spec.children().size() == 1);
    }

    @Test
    void asksANodeBeforeItBuildsAndNotWhatItHasJustSaid() {
        // Given
        wakesAlone();
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.publish(FIRST, List.of("nqn.host"));
        nodes.unopenable.add(replica(1));
        nodes.stop(1);
        await(() -> !view.seen().online(node(1)));
        nodes.calls.clear();

        // When
        nodes.start(1);

        // Then
        await(() -> nodes.on(1).stream().anyMatch(NexusState::published)
                && service.nexus(FIRST).spec() instanceof NexusSpec spec
                && spec.children().equals(List.of(child(2, 1))));
        assertThat(nodes.calls)
                .extracting(FakeNodes.Call::method)
                .as("once before each attempt, the first of which cannot open its copy")
                .startsWith("nexuses", "createNexus", "nexuses", "createNexus", "publishNexus");
    }

    @Test
    void buildsAFaultedNexusAnewFromTheCopyThatWasHealthyLast() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.faultChild(1, FIRST, uri(1, 1));
        var before = nodes.keyspace
                .get(Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(VOLUME, FIRST))
                .orElseThrow();
        nodes.faultChild(1, FIRST, uri(2, 1));
        // The agent does not write that its last healthy child is gone.
        nodes.put(before.key(), before.value());
        await(() -> nodes.on(1).stream()
                .anyMatch(nexus -> nexus.children().size() == 1
                        && nexus.children().getFirst().healthy()));
        assertThat(childrenOn(1)).containsExactly(uri(2, 1));
    }

    @Test
    void finishesAPromiseByWhatTheNodeSays() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.close();
        var key = Layout.DEFAULT.nexuses() + FIRST;
        NexusSpec spec =
                JsonDocument.NEXUS.decode(nodes.keyspace.get(key).orElseThrow().value());
        nodes.put(key, JsonDocument.NEXUS.encode(spec.promising(new NexusOperation.AddChild(child(3, 1)))));
        nodes.at(node(1)).addChild(FIRST, uri(3, 1), false);
        service = open();
        await(() -> service.nexus(FIRST).spec() instanceof NexusSpec now
                && now.operation() == null
                && now.children().size() == 3);
    }

    @Test
    void destroysANexusOfOursThatNobodyPromisedAndNoOther() {
        nodes.plant(1, ofTheVolume(uri(1, 1)));
        nodes.plant(
                2,
                new CreateNexus(
                        SECOND, "by-hand", Bytes.mib(64), NvmfConfig.ofPath(1), List.of(uri(2, 2)), "/somewhere/else"));
        await(() -> nodes.on(1).isEmpty());
        assertThat(nodes.on(2)).hasSize(1);
    }

    @Test
    void keepsWhatANexusLeftThatIsBeingTakenBack() {
        var target = new Publication.Published(node(1), FIRST, ShareProtocol.NVMF, List.of(), 1);
        volume(SECOND, new VolumeOperation.Publish(target, List.of()));
        service.createNexus(request(FIRST, 1, null, 1, 2));
        volume(SECOND, new VolumeOperation.Abandon(target));
        service.destroyNexus(FIRST, VOLUME);
        await(() -> nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST).isEmpty()
                && waiting(FIRST).equals("for nothing"));
        assertThat(kept(FIRST)).isTrue();
        volume(SECOND);
        await(() -> !kept(FIRST));
    }

    @Test
    void keepsWhatTheLastNexusLeftUntilTheVolumeIsGone() {
        volume(FIRST);
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.destroyNexus(FIRST, VOLUME);
        service.createNexus(request(SECOND, 2, FIRST, 1, 2));
        assertThat(kept(FIRST)).isTrue();
        volume(SECOND);
        await(() -> !kept(FIRST));
        service.destroyNexus(SECOND, VOLUME);
        assertThat(kept(SECOND)).isTrue();
        nodes.keyspace.commit(
                Transaction.of().delete(Layout.DEFAULT.volumes() + VOLUME).build());
        await(() -> !kept(SECOND));
    }

    @Test
    void doesNotServeAgainAfterShutdown() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.shutdown(FIRST);
        service.shutdown(FIRST);
        assertThatThrownBy(() -> service.publish(FIRST, List.of())).hasMessageContaining("was shut down");
    }

    @Test
    void refusesANodeThatNobodyKnows() {
        var choice = new TargetChoice(VOLUME, node(9), List.of(node(1), node(2)), List.of());
        assertThatThrownBy(() -> service.chooseTarget(choice)).hasMessageContaining("there is no node node-9");
    }

    @Test
    void aCopyThatIsLostBeforeItIsBuiltFromLeavesItsTurnToTheOther() {
        // Given
        service.createNexus(request(FIRST, 1, null, 2, 3));
        nodes.whenDestroyed = () -> nodes.stop(2);

        // When
        nodes.giveUp(1, FIRST);

        // Then
        await(() -> serves(1, uri(3, 1)));
        assertThat(nodes.keyspace.get(Layout.DEFAULT.nexuses() + FIRST)).isPresent();
    }

    @Test
    void aCopyThatCannotBeOpenedLeavesItsTurnToTheOther() {
        // Given
        wakesAlone();
        service.createNexus(request(FIRST, 1, null, 2, 3));
        nodes.unopenable.add(replica(2));

        // When
        nodes.stop(1);
        nodes.start(1);

        // Then
        await(() -> serves(1, uri(3, 1)));
    }

    @Test
    void aCopyWhoseAttemptsNobodyAnswersLeavesItsTurnToTheOther() {
        // Given
        service.createNexus(request(FIRST, 1, null, 2, 3));
        nodes.unheard.put(replica(2), Unheard.LOST);

        // When
        nodes.stop(1);
        nodes.start(1);

        // Then
        await(() -> serves(1, uri(3, 1)));
    }

    @Test
    void anAttemptThatWasCarriedOutUnheardIsKept() {
        // Given
        service.createNexus(request(FIRST, 1, null, 2, 3));
        nodes.unheard.put(replica(2), Unheard.CARRIED_OUT);

        // When
        nodes.stop(1);
        nodes.start(1);

        // Then
        await(() -> service.nexus(FIRST).spec() instanceof NexusSpec spec
                && spec.children().equals(List.of(child(2, 1))));
        assertThat(childrenOn(1)).containsExactly(uri(2, 1));
    }

    @Test
    void afterAnAttemptThatMayHaveServedNoOtherCopyIsUsed() {
        // Given
        service.createNexus(request(FIRST, 1, null, 2, 3));
        service.close();
        // Nobody is there while another builds it of one copy, and the node and that copy are lost.
        nodes.stop(1);
        nodes.start(1);
        nodes.plant(1, ofTheVolume(uri(2, 1)));
        nodes.stop(1);
        nodes.stop(2);
        nodes.start(1);

        // When
        wakesAlone();

        // Then
        await(() -> waiting(FIRST).contains("its node node-2 is not online"));
        assertThat(waiting(FIRST)).contains(uri(3, 1) + ": it is not known to be complete");
        assertThat(nodes.on(1)).isEmpty();
        nodes.start(2);
        await(() -> serves(1, uri(2, 1)));
    }

    @Test
    void saysForWhatItWaitsUntilACopyComesBack() {
        // Given
        wakesAlone();
        service.createNexus(request(FIRST, 1, null, 2, 3));

        // When
        nodes.stop(2);
        nodes.stop(3);
        nodes.stop(1);
        nodes.start(1);

        // Then
        await(() -> waiting(FIRST).contains("its node node-2 is not online")
                && waiting(FIRST).contains("its node node-3 is not online"));
        nodes.start(3);
        await(() -> serves(1, uri(3, 1)) && waiting(FIRST).equals("for nothing"));
    }

    @Test
    void theNextNexusUsesTheOtherCopyWhereTheFirstCannotBeOpened() {
        // Given
        volume(FIRST);
        service.createNexus(request(FIRST, 1, null, 2, 3));
        nodes.stop(1);
        await(() -> !view.seen().online(node(1)));
        service.destroyNexus(FIRST, VOLUME);
        nodes.unopenable.add(replica(3));

        // When
        service.createNexus(request(SECOND, 3, FIRST, 2, 3));

        // Then
        assertThat(childrenOn(3)).as("the local one was rather used").containsExactly(uri(2, 3));
        assertThat(service.nexus(SECOND).spec()).extracting(NexusSpec::children).isEqualTo(List.of(child(2, 3)));
    }

    @Test
    void aPromiseThatItsVolumeDoesNotNameIsTakenBack() {
        // Given
        service.createNexus(request(FIRST, 1, null, 1, 2));
        NexusSpec spec = Objects.requireNonNull(service.nexus(FIRST).spec());
        service.close();
        volume(SECOND);
        nodes.stop(1);
        nodes.start(1);
        var key = Layout.DEFAULT.nexuses() + FIRST;
        nodes.put(key, JsonDocument.NEXUS.encode(spec.withStatus(SpecStatus.CREATING)));

        // When
        service = open();

        // Then
        await(() -> nodes.keyspace.get(key).isEmpty());
        assertThat(nodes.on(1)).isEmpty();
    }

    @Test
    void aPromiseOfTheVolumesTargetIsKept() {
        // Given
        service.createNexus(request(FIRST, 1, null, 1, 2));
        NexusSpec spec = Objects.requireNonNull(service.nexus(FIRST).spec());
        service.close();
        volume(FIRST);
        nodes.stop(1);
        nodes.start(1);
        nodes.put(Layout.DEFAULT.nexuses() + FIRST, JsonDocument.NEXUS.encode(spec.withStatus(SpecStatus.CREATING)));

        // When
        service = open();

        // Then
        await(() -> service.nexus(FIRST).spec() instanceof NexusSpec now && now.status() == SpecStatus.CREATED);
        assertThat(childrenOn(1)).containsExactly(uri(1, 1), uri(2, 1));
    }

    @Test
    void theEventsOfANodeWakeOnlyItsNexuses() {
        // Given
        wakesAlone();
        service.createNexus(request(FIRST, 1, null, 1));
        service.createNexus(byHand(SECOND, 2, List.of(child(2, 2), child(3, 2))));
        await(() -> nodes.on(1).size() == 1 && nodes.on(2).size() == 1);
        service.close();
        service = open(LoopSettings.named("test").every(Duration.ofHours(1)));
        watched.ran.clear();

        // When
        nodes.stop(1);
        nodes.start(1);

        // Then
        await(() -> watched.ran.contains(FIRST) && serves(1, uri(1, 1)));
        assertThat(watched.ran).doesNotContain(SECOND);
    }

    @Test
    void aFollowerAnswersNotLeaderAndTouchesNoNode() {
        // Given
        service.createNexus(request(FIRST, 1, null, 1, 2));
        var sight = ClusterView.open(Ambient.system(), nodes.keyspace, Layout.DEFAULT, nodes.registry());
        NexusService follower = copy(
                        Ambient.system(),
                        "two",
                        sight,
                        LoopSettings.named("test").every(Duration.ofMillis(50)))
                .start();
        try {
            await(() -> follower.owner().isReady() && sight.seen().isCurrent());
            int calls = nodes.calls.size();

            // When
            assertThatThrownBy(() -> follower.door().createNexus(request(SECOND, 2, FIRST, 1, 2)))
                    .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                            .isInstanceOf(Refusal.NotLeader.class));
            assertThatThrownBy(() -> follower.door().publish(FIRST, List.of()))
                    .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                            .isInstanceOf(Refusal.NotLeader.class));
            assertThatThrownBy(() -> follower.door().nexuses())
                    .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                            .isInstanceOf(Refusal.NotLeader.class));

            // Then
            assertThat(nodes.calls).hasSize(calls);
            assertThat(nodes.calls)
                    .filteredOn(call -> call.method().equals("createNexus"))
                    .allSatisfy(call -> assertThat(call.term()).hasValueSatisfying(term -> assertThat(term.office())
                            .isEqualTo("nexuses")));
            assertThat(service.door().nexus(FIRST)).isEqualTo(service.nexus(FIRST));
        } finally {
            follower.close();
            sight.close();
        }
    }

    @Test
    void listsWhatIsPromisedAndWhatIsSeenById() {
        // Given
        nodes.plant(
                2,
                new CreateNexus(
                        SECOND, "by-hand", Bytes.mib(64), NvmfConfig.ofPath(1), List.of(uri(2, 2)), "/somewhere/else"));
        var third = new NexusId(new UUID(2, 3));
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.createNexus(byHand(third, 3, List.of(child(3, 3))));
        await(() -> !view.seen().nexus(SECOND).isEmpty());

        // When
        List<Nexus> listed = service.nexuses().toList();

        // Then
        assertThat(listed).extracting(Nexus::uuid).containsExactly(FIRST, SECOND, third);
        assertThat(listed).extracting(nexus -> nexus.spec() != null).containsExactly(true, false, true);
        assertThat(listed).extracting(Nexus::state).doesNotContainNull();
    }

    @Test
    void thePatrolFindsNothingInAHealthyLife() {
        service.close();
        var ambient = new ManualAmbient();
        service = copy(ambient, "two", view, LoopSettings.named("test")).start();
        await(() -> service.owner().isInOffice());

        volume(FIRST);
        service.createNexus(request(FIRST, 1, null, 1, 2));
        service.publish(FIRST, List.of("nqn.host"));
        look(ambient);
        service.addChild(FIRST, child(3, 1));
        service.removeChild(FIRST, uri(2, 1));
        look(ambient);
        nodes.stop(1);
        look(ambient);
        nodes.start(1);
        await(() -> {
            ambient.advance(Duration.ofMillis(20));
            return nodes.on(1).stream().anyMatch(NexusState::published);
        });
        look(ambient);
        service.unpublish(FIRST);
        service.destroyNexus(FIRST, VOLUME);
        look(ambient);
        service.createNexus(request(SECOND, 3, FIRST, 1, 3));
        volume(SECOND);
        look(ambient);
        // The sweep has threads of its own, which a busy machine may keep waiting while time runs here.
        await(() -> {
            ambient.advance(Duration.ofMillis(20));
            return !kept(FIRST);
        });

        assertThat(watched.missed).isEmpty();
        assertThat(kept(FIRST)).as("swept, and nobody had to find it").isFalse();
    }

    /// Some rounds of every loop's patrol.
    private void look(ManualAmbient ambient) {
        for (int round = 0; round < 6; round++) {
            int before = watched.turns();
            ambient.advance(Duration.ofSeconds(11));
            // Whoever had not begun to wait yet begins now, and waits for a later time.
            await(() -> {
                ambient.advance(Duration.ofMillis(20));
                return watched.turns() > before;
            });
        }
    }

    private boolean serves(int number, String... children) {
        return nodes.on(number).size() == 1
                && nodes.on(number).getFirst().status() == NexusStatus.ONLINE
                && childrenOn(number).equals(List.of(children));
    }
}
