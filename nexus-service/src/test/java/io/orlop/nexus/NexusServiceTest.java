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
import io.orlop.control.observed.ObservedCluster;
import io.orlop.model.Bytes;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Publication;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.json.JsonDocument;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.TargetChoice;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
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
    private final ObservedCluster cluster = ObservedCluster.follow(Ambient.system(), nodes.registry());
    private NexusService service;

    @BeforeEach
    void start() {
        service = open();
    }

    private NexusService open() {
        var keyspace = new LocalKeyspace(nodes.store, Ambient.system());
        var leadership = new Leadership(
                Ambient.system(), keyspace, Layout.DEFAULT.leader("nexuses"), "one", Duration.ofSeconds(10));
        var opened = new NexusService(
                        Ambient.system(),
                        keyspace,
                        Layout.DEFAULT,
                        nodes,
                        cluster,
                        leadership,
                        Duration.ofMillis(50),
                        LoopObserver.NONE)
                .start();
        await(() -> leadership.isLeading() && opened.isReady() && cluster.isCurrent());
        return opened;
    }

    @AfterEach
    void stop() {
        service.close();
        cluster.close();
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
        nodes.put(
                Layout.DEFAULT.volumes() + VOLUME,
                JsonDocument.VOLUME.encode(new VolumeSpec(
                        VOLUME,
                        VolumeShape.of(Bytes.mib(64), 2),
                        SpecStatus.CREATED,
                        new Publication.Unpublished(),
                        lastNexus,
                        1,
                        null)));
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
        await(() -> !cluster.node(node(1)).orElseThrow().node().online());
        service.destroyNexus(FIRST, VOLUME);
        service.createNexus(request(SECOND, 3, FIRST, 2, 3));
        assertThat(childrenOn(3)).containsExactly(uri(2, 3));
    }

    @Test
    void aNexusOnANodeThatIsAwayGoesWhenItIsBack() {
        service.createNexus(request(FIRST, 1, null, 1, 2));
        nodes.stop(1);
        await(() -> !cluster.node(node(1)).orElseThrow().node().online());
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
        nodes.plant(
                1,
                new CreateNexus(
                        FIRST,
                        VOLUME.toString(),
                        Bytes.mib(64),
                        NvmfConfig.ofPath(1),
                        List.of(uri(1, 1)),
                        Layout.DEFAULT.nexusInfos() + NexusInfoKey.of(VOLUME, FIRST)));
        nodes.plant(
                2,
                new CreateNexus(
                        SECOND, "by-hand", Bytes.mib(64), NvmfConfig.ofPath(1), List.of(uri(2, 2)), "/somewhere/else"));
        await(() -> nodes.on(1).isEmpty());
        assertThat(nodes.on(2)).hasSize(1);
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
}
