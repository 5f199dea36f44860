package io.orlop.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.model.Bytes;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.ManualAmbient;
import io.orlop.registry.ScriptedNodes.ScriptedNode;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.News;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RegistryServiceTest {
    private static final NodeId N1 = new NodeId("n1");
    private static final NodeId N2 = new NodeId("n2");

    private final ManualAmbient ambient = new ManualAmbient();
    private final LocalStore store = new LocalStore(ambient);
    private final ScriptedNodes nodes = new ScriptedNodes();
    private final List<RegistryService> copies = new ArrayList<>();
    private final RegistryService registry = copy("a");

    @AfterEach
    void close() {
        copies.forEach(RegistryService::close);
        store.close();
    }

    @Test
    void writesDownANodeThatRegisters() {
        registry.register(nodes.node("n1").registration());
        assertThat(registry.node(N1).spec())
                .isEqualTo(new NodeSpec(N1, "n1:10124", Map.of(), List.of(), "nqn:n1", "1.0"));
    }

    @Test
    void writesNothingForANodeThatSaysTheSame() {
        registry.register(nodes.node("n1").registration());
        long revision = store.revision();
        registry.register(nodes.node("n1").registration());
        assertThat(store.revision()).isEqualTo(revision);
    }

    @Test
    void writesDownWhereANodeComesFromNow() {
        ScriptedNode node = nodes.node("n1");
        node.addresses = List.of("10.0.0.1");
        registry.register(node.registration());
        node.addresses = List.of("10.0.0.2");
        registry.register(node.registration());
        assertThat(Objects.requireNonNull(registry.node(N1).spec()).addresses()).containsExactly("10.0.0.2");
    }

    @Test
    void callsANodeOnlineOnceItHasAnswered() {
        ScriptedNode node = nodes.node("n1");
        node.silent = true;
        registry.register(node.registration());
        assertThat(state(N1)).isEqualTo(NodeStatus.UNKNOWN);
        node.silent = false;
        registry.register(node.registration());
        registry.refresh(N1);
        assertThat(state(N1)).isEqualTo(NodeStatus.ONLINE);
    }

    @Test
    void showsWhatANodeReportsWhenItIsAsked() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.pool("p1");
        Observation.Cursor cursor = registry.refresh(N1);
        try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
            Observation told = await(
                    feed, Fact.Pool.class, pool -> pool.state().id().name().equals("p1"));
            assertThat(told.at().covers(cursor) || feed.next().at().covers(cursor))
                    .isTrue();
        }
    }

    @Test
    void losesANodeThatIsSilentForTooLong() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.silent = true;
        ambient.advance(Duration.ofSeconds(11));
        try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
            await(feed, Fact.Node.class, node1 -> node1.state().status() == NodeStatus.OFFLINE);
        }
    }

    @Test
    void keepsTheLastReportOfANodeThatRegistersButDoesNotAnswer() {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.silent = true;
        assertThatThrownBy(() -> registry.refresh(N1)).isInstanceOf(RefusalException.class);
        ambient.advance(Duration.ofSeconds(8));
        registry.register(node.registration());
        ambient.advance(Duration.ofSeconds(8));
        registry.register(node.registration());
        assertThat(state(N1)).isEqualTo(NodeStatus.ONLINE);
    }

    @Test
    void asksASilentNodeOnceAndNotForEverybodyWhoWantsToKnow() {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.silent = true;
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.refresh(N1));
        int questions = node.questions.get();
        for (int i = 0; i < 300; i++) assertRefused(Refusal.FailedPrecondition.class, () -> registry.refresh(N1));
        assertThat(node.questions).hasValue(questions);
    }

    @Test
    void asksASilentNodeAgainOnceItHasRegistered() {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.silent = true;
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.refresh(N1));
        node.silent = false;
        registry.register(node.registration());
        registry.refresh(N1);
    }

    @Test
    void hearsAtOnceWhatSaysNothingNew() {
        ScriptedNode node = nodes.node("n1");
        node.generation = 1L;
        assertThat(registry.stillHere(node.registration())).isFalse();
        registry.register(node.registration());
        hears(node);
        node.generation = 2L;
        assertThat(registry.stillHere(node.registration())).isFalse();
        registry.register(node.registration());
        node.instance = "2";
        assertThat(registry.stillHere(node.registration())).isFalse();
        registry.register(node.registration());
        registry.deregister(N1);
        assertThat(registry.stillHere(node.registration())).isFalse();
    }

    /// It says no while somebody else is at it.
    private void hears(ScriptedNode node) {
        while (!registry.stillHere(node.registration())) Thread.onSpinWait();
    }

    @Test
    void keepsANodeThatIsHeardOfOnline() {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.silent = true;
        for (int seconds = 0; seconds < 30; seconds += 5) {
            ambient.advance(Duration.ofSeconds(5));
            hears(node);
        }
        assertThat(state(N1)).isEqualTo(NodeStatus.ONLINE);
    }

    @Test
    void asksANodeThatWasStartedAgainAtOnce() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.instance = "2";
        node.pools = List.of();
        registry.register(node.registration());
        try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
            var told = new ArrayList<News>();
            while (told.stream().noneMatch(RegistryServiceTest::onlineAgain))
                told.addAll(feed.next().news());
            // What the node does not have any more is told before the node is online.
            assertThat(told.reversed().stream()
                            .filter(RegistryServiceTest::ofPool)
                            .findFirst())
                    .contains(new News.Gone(Fact.Pool.id(N1, new PoolId("p1"))));
        }
    }

    @Test
    void forgetsTheReportOfANodeThatWasStartedAgainAndDoesNotAnswer() {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.instance = "2";
        node.silent = true;
        registry.register(node.registration());
        assertThatThrownBy(() -> registry.refresh(N1)).isInstanceOf(RefusalException.class);
        assertThat(state(N1)).isEqualTo(NodeStatus.UNKNOWN);
    }

    @Test
    void letsANodeLeave() {
        registry.register(nodes.node("n1").registration());
        registry.refresh(N1);
        registry.deregister(N1);
        assertThat(state(N1)).isEqualTo(NodeStatus.OFFLINE);
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.refresh(N1));
    }

    @Test
    void doesNotLetASlowNodeDelayOthers() {
        ScriptedNode slow = nodes.node("n1");
        var gate = new CountDownLatch(1);
        slow.gate = gate;
        registry.register(slow.registration());
        registry.register(nodes.node("n2").registration());
        registry.refresh(N2);
        assertThat(state(N2)).isEqualTo(NodeStatus.ONLINE);
        gate.countDown();
    }

    @Test
    void asksOnceForManyWhoWantToKnow() throws Exception {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        int before = node.asked.get();
        var gate = new CountDownLatch(1);
        node.gate = gate;
        var asking = new ArrayList<Thread>();
        for (int i = 0; i < 50; i++) asking.add(ambient.start("who wants to know", () -> registry.refresh(N1)));
        for (Thread thread : asking) while (thread.getState() != Thread.State.WAITING) Thread.yield();
        gate.countDown();
        for (Thread thread : asking) thread.join();
        assertThat(node.asked.get() - before).isLessThan(50);
    }

    @Test
    void cordonsAndUncordons() {
        registry.register(nodes.node("n1").registration());
        assertThat(spec(registry.cordon(N1, "repair")).cordons()).containsExactly("repair");
        assertRefused(Refusal.AlreadyExists.class, () -> registry.cordon(N1, "repair"));
        assertThat(spec(registry.uncordon(N1, "repair")).cordoned()).isFalse();
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.uncordon(N1, "repair"));
    }

    @Test
    void labelsAndUnlabels() {
        registry.register(nodes.node("n1").registration());
        registry.label(N1, Map.of("zone", "a"), false);
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.label(N1, Map.of("zone", "b"), false));
        assertThat(spec(registry.label(N1, Map.of("zone", "b"), true)).labels()).isEqualTo(Map.of("zone", "b"));
        assertRefused(Refusal.Invalid.class, () -> registry.label(N1, Map.of("", "b"), true));
        assertThat(spec(registry.unlabel(N1, "zone")).labels()).isEmpty();
        assertRefused(Refusal.FailedPrecondition.class, () -> registry.unlabel(N1, "zone"));
    }

    @Test
    void keepsLabelsAndCordonsWhenANodeRegistersAnew() {
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.label(N1, Map.of("zone", "a"), false);
        registry.cordon(N1, "repair");
        registry.register(new io.orlop.model.NodeRegistration(N1, "elsewhere:1", "2", null, "1.1"));
        NodeSpec spec = spec(registry.node(N1));
        assertThat(spec.grpcEndpoint()).isEqualTo("elsewhere:1");
        assertThat(spec.labels()).isEqualTo(Map.of("zone", "a"));
        assertThat(spec.cordons()).containsExactly("repair");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertRefused(Refusal.NotFound.class, () -> registry.node(N1));
        assertRefused(Refusal.NotFound.class, () -> registry.cordon(N1, "x"));
        assertRefused(Refusal.NotFound.class, () -> registry.refresh(N1));
        assertRefused(Refusal.NotFound.class, () -> registry.blockDevices(N1, true));
    }

    @Test
    void leavesTheWordToTheLeader() {
        RegistryService second = follower("b");
        assertRefused(Refusal.NotLeader.class, second.door()::nodes);
        assertRefused(Refusal.NotLeader.class, () -> second.registrationDoor()
                .register(nodes.node("n1").registration()));
        assertRefused(Refusal.NotLeader.class, () -> second.door().observe(Observation.Cursor.START));
    }

    @Test
    void tellsNothingOfANodeThatReportsTheSame() {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        registry.register(node.registration());
        Observation.Cursor before = registry.refresh(N1);
        assertThat(registry.refresh(N1)).isEqualTo(before);
    }

    @Test
    void tellsOfUsageAlone() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        registry.register(node.registration());
        Observation.Cursor before = registry.refresh(N1);
        node.pools = List.of(node.pools.getFirst().using(Bytes.mib(8), Bytes.mib(8)));
        registry.refresh(N1);
        try (Feed<Observation> feed = registry.observe(before)) {
            assertThat(feed.next().news())
                    .containsExactly(
                            new News.Seen(new Fact.PoolUsage(N1, new PoolId("p1"), Bytes.mib(8), Bytes.mib(8))));
        }
    }

    @Test
    void leavesANodeInPeaceWhoseGenerationStands() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        node.generation = 7L;
        registry.register(node.registration());
        registry.refresh(N1);
        int asked = node.asked.get();
        for (int second = 0; second < 9; second++) {
            ambient.advance(Duration.ofSeconds(1));
            registry.register(node.registration());
        }
        assertThat(node.asked.get()).isEqualTo(asked);
        node.pool("p1");
        node.generation = 8L;
        registry.register(node.registration());
        try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
            await(feed, Fact.Pool.class, _ -> true);
        }
    }

    @Test
    void asksANodeWhoseGenerationStandsOnlyWhenItsUsageDrifts() throws InterruptedException {
        ScriptedNode node = nodes.node("n1");
        node.pool("p1");
        node.generation = 7L;
        node.drift = 1L;
        registry.register(node.registration());
        registry.refresh(N1);
        int asked = node.asked.get();
        for (int minute = 0; minute < 9 * 12; minute++) {
            ambient.advance(Duration.ofSeconds(5));
            registry.register(node.registration());
        }
        assertThat(node.asked.get()).isEqualTo(asked);
        node.pools = List.of(node.pools.getFirst().using(Bytes.mib(8), Bytes.mib(8)));
        node.drift = 2L;
        registry.register(node.registration());
        try (Feed<Observation> feed = registry.observe(Observation.Cursor.START)) {
            await(feed, Fact.PoolUsage.class, usage -> usage.used().equals(Bytes.mib(8)));
        }
    }

    private static boolean online(News news) {
        return news instanceof News.Seen(Fact.Node(var state)) && state.online();
    }

    private static boolean onlineAgain(News news) {
        return online(news) && news instanceof News.Seen(Fact.Node(var state)) && "2".equals(state.instance());
    }

    private static boolean ofPool(News news) {
        return news instanceof News.Seen(Fact.Pool _)
                || news instanceof News.Gone(Fact.Id id) && id.kind() == Fact.Kind.POOL;
    }

    @Test
    void asksEveryKnownNodeAfterTakingOver() throws InterruptedException {
        nodes.node("n1").pool("p1");
        registry.register(nodes.node("n1").registration());
        registry.refresh(N1);
        RegistryService second = follower("b");
        registry.close();
        awaitLeading(second);
        try (Feed<Observation> feed = second.observe(Observation.Cursor.START)) {
            var told = new ArrayList<News>();
            while (told.stream().noneMatch(RegistryServiceTest::online))
                told.addAll(feed.next().news());
            assertThat(told).anyMatch(RegistryServiceTest::ofPool);
        }
    }

    @Test
    void aNodeThatIsForgottenBeforeItWasHeardOfHoldsNobodyUp() throws InterruptedException {
        // Given a new leader that waits for a node's first answer
        ScriptedNode node = nodes.node("n1");
        registry.register(node.registration());
        registry.refresh(N1);
        node.gate = new CountDownLatch(1);
        RegistryService second = follower("b");
        registry.close();
        awaitLeading(second);
        // When its spec is deleted
        new LocalKeyspace(store, ambient)
                .commit(Transaction.of().delete(Layout.DEFAULT.nodes() + N1).build());
        // Then
        try (Feed<Observation> feed = second.observe(Observation.Cursor.START)) {
            while (!feed.next().complete()) Thread.onSpinWait();
        }
    }

    @Test
    void anErrorCostsAnAnswerAndNotWhoeverLooksAfterTheNode() throws Exception {
        for (Error bug : List.of(new AssertionError("it cannot be"), new NoClassDefFoundError("it is not there"))) {
            // Given
            ScriptedNode node = nodes.node("n1");
            registry.register(node.registration());
            registry.refresh(N1);
            node.bug = bug;
            // Then
            assertRefused(Refusal.Failed.class, () -> registry.refresh(N1));
            // And when it is over
            node.bug = null;
            try (var threads = ambient.threadPerTask()) {
                Future<Observation.Cursor> answer = threads.submit(() -> registry.refresh(N1));
                while (!answer.isDone()) {
                    ambient.advance(Duration.ofMillis(100));
                    registry.register(node.registration());
                }
                answer.get();
            }
        }
    }

    @Test
    void endsItsFeedsWhenItStopsLeading() throws InterruptedException {
        Feed<Observation> feed = registry.observe(Observation.Cursor.START);
        feed.next();
        registry.close();
        assertThatThrownBy(feed::next).isInstanceOf(RefusalException.class);
    }

    private NodeStatus state(NodeId node) {
        return Objects.requireNonNull(registry.node(node).state()).status();
    }

    private static NodeSpec spec(Node node) {
        return Objects.requireNonNull(node.spec());
    }

    /// Reads until a fact of this kind is told.
    private static <F extends Fact> Observation await(Feed<Observation> feed, Class<F> kind, Predicate<F> wanted)
            throws InterruptedException {
        while (true) {
            Observation piece = feed.next();
            for (News news : piece.news()) {
                if (news instanceof News.Seen(Fact fact) && kind.isInstance(fact) && wanted.test(kind.cast(fact))) {
                    return piece;
                }
            }
        }
    }

    private static void assertRefused(Class<? extends Refusal> refusal, Runnable request) {
        assertThatThrownBy(request::run)
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isInstanceOf(refusal));
    }

    private RegistryService copy(String name) {
        RegistryService copy = follower(name);
        awaitLeading(copy);
        return copy;
    }

    private RegistryService follower(String name) {
        var keyspace = new LocalKeyspace(store, ambient);
        var leadership =
                new Leadership(ambient, keyspace, Layout.DEFAULT.leader("registry"), name, Duration.ofHours(1));
        var copy = new RegistryService(
                        ambient,
                        keyspace,
                        Layout.DEFAULT,
                        leadership,
                        RegistrySettings.DEFAULT,
                        nodes,
                        LoopObserver.NONE)
                .start();
        copies.add(copy);
        return copy;
    }

    private static void awaitLeading(RegistryService copy) {
        while (!copy.owner().isInOffice()) Thread.yield();
    }
}
