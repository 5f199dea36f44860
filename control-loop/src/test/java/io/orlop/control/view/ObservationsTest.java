package io.orlop.control.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.AnaState;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolUuid;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaSpace;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Answers of agents beside a stream that tells what differs from what it has told last.
@Timeout(60)
class ObservationsTest {
    private static final NodeId NODE = new NodeId("node-1");
    private static final NexusId NEXUS = new NexusId(new UUID(1, 1));
    private static final Duration LONG = Duration.ofSeconds(30);

    private final LinkedBlockingQueue<Observation> pieces = new LinkedBlockingQueue<>();
    private final Observations seen = Observations.follow(Ambient.system(), registry());
    private long sequence;

    private Registry registry() {
        return (Registry) Proxy.newProxyInstance(
                Registry.class.getClassLoader(), new Class<?>[] {Registry.class}, (_, method, _) -> {
                    if (method.getName().equals("refresh")) return publish();
                    return new Feed<Observation>() {
                        @Override
                        public Observation next() throws InterruptedException {
                            return pieces.take();
                        }

                        @Override
                        public void close() {}
                    };
                });
    }

    private synchronized Cursor publish(News... news) {
        var at = new Cursor("e", ++sequence);
        pieces.add(new Observation(at, List.of(news), sequence == 1, true));
        return at;
    }

    private void tell(NexusStatus status) throws InterruptedException {
        assertThat(seen.await(publish(new News.Seen(nexus(status))), LONG)).isTrue();
    }

    @BeforeEach
    void anOnlineNode() throws InterruptedException {
        var node = new NodeState(NODE, "a:1", NodeStatus.ONLINE, null, null, "one");
        assertThat(seen.await(publish(new News.Seen(new Fact.Node(node))), LONG))
                .isTrue();
    }

    @AfterEach
    void stop() {
        seen.close();
        publish();
    }

    private static Fact nexus(NexusStatus status) {
        return new Fact.Nexus(new NexusState(
                NEXUS, "nexus", NODE, Bytes.mib(64), status, List.of(), "", 0, AnaState.OPTIMIZED, List.of()));
    }

    private NexusStatus status() {
        return seen.nexus(NEXUS, NODE).map(NexusState::status).orElse(NexusStatus.UNKNOWN);
    }

    @Test
    void anAnswerCountsAtOnce() throws InterruptedException {
        tell(NexusStatus.ONLINE);
        seen.answered(nexus(NexusStatus.DEGRADED), seen.moment());
        assertThat(status()).isEqualTo(NexusStatus.DEGRADED);
    }

    @Test
    void anAnswerThatTheStreamHasOvertakenDoesNotCount() throws InterruptedException {
        // Given
        tell(NexusStatus.FAULTED);
        long asked = seen.moment();
        // When
        tell(NexusStatus.ONLINE);
        seen.answered(nexus(NexusStatus.DEGRADED), asked);
        // Then
        assertThat(status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void anAnswerThatIsNotConfirmedWhenItsNodeIsAskedDoesNotCountAnyMore() throws InterruptedException {
        // Given
        tell(NexusStatus.ONLINE);
        seen.answered(nexus(NexusStatus.DEGRADED), seen.moment());
        seen.answered(nexus(NexusStatus.SHUTDOWN), seen.moment());
        // When it has become again what was told last, of which there is nothing to tell
        assertThat(seen.refresh(List.of(NODE), LONG)).isTrue();
        // Then
        assertThat(status()).isEqualTo(NexusStatus.ONLINE);
    }

    @Test
    void whatNobodyButAnAnswerKnewIsGoneWhenItsNodeDoesNotHaveIt() {
        seen.answered(nexus(NexusStatus.ONLINE), seen.moment());
        assertThat(status()).isEqualTo(NexusStatus.ONLINE);
        assertThat(seen.refresh(List.of(NODE), LONG)).isTrue();
        assertThat(seen.nexus(NEXUS, NODE)).isEmpty();
    }

    @Test
    void whatIsOnANodeIsWalkedInTheOrderOfIdsWhileTheNodeIsOnline() throws InterruptedException {
        // Given
        var other = new NodeId("node-2");
        tell(new Fact.Node(new NodeState(other, "a:2", NodeStatus.ONLINE, null, null, "one")));
        tell(replica(3, NODE));
        tell(replica(1, NODE));
        tell(replica(2, other));
        tell(replica(1, other));
        // Then
        assertThat(on(NODE, null)).containsExactly(id(1), id(3));
        assertThat(on(NODE, id(1))).containsExactly(id(3));
        assertThat(on(NODE, id(2))).containsExactly(id(3));
        assertThat(on(other, null)).containsExactly(id(1), id(2));
        assertThat(on(new NodeId("node-3"), null)).isEmpty();
        // When
        seen.answeredGone(Fact.Replica.id(NODE, id(1)));
        tell(new Fact.Node(new NodeState(other, "a:2", NodeStatus.OFFLINE, null, null, "one")));
        // Then
        assertThat(on(NODE, null)).containsExactly(id(3));
        assertThat(on(other, null)).isEmpty();
    }

    @Test
    void whatIsNotToldAgainIsNotOnItsNode() throws InterruptedException {
        // Given
        tell(replica(1, NODE));
        // When
        var node = new NodeState(NODE, "a:1", NodeStatus.ONLINE, null, null, "one");
        publishAnew(new News.Seen(new Fact.Node(node)), new News.Seen(replica(2, NODE)));
        // Then
        assertThat(on(NODE, null)).containsExactly(id(2));
    }

    @Test
    void whatAnAnswerReplacedDoesNotComeBackWithAStreamThatDoesNotTellIt() throws InterruptedException {
        // Given
        tell(NexusStatus.ONLINE);
        seen.answered(nexus(NexusStatus.DEGRADED), seen.moment());
        // When the stream starts over, and the node was started again meanwhile, so that no answer of it counts
        publishAnew(new News.Seen(node("two")));
        // Then
        assertThat(seen.nexus(NEXUS, NODE)).isEmpty();
    }

    @Test
    void whatTheStreamDoesNotTellAgainIsForgottenWithWhatItsAnswerReplaced() throws InterruptedException {
        // Given
        tell(NexusStatus.ONLINE);
        seen.answered(nexus(NexusStatus.DEGRADED), seen.moment());
        publishAnew(new News.Seen(node("one")));
        assertThat(seen.nexus(NEXUS, NODE)).isEmpty();
        // When the answers of its node do not count any more
        tell(node("two"));
        // Then
        assertThat(seen.nexus(NEXUS, NODE)).isEmpty();
    }

    @Test
    void anAnswerDuringANewBeginningOutlivesItAndWhatItReplacedDoesNot() throws InterruptedException {
        // Given
        tell(NexusStatus.ONLINE);
        publish(new Observation(new Cursor("f", 1), List.of(new News.Seen(node("one"))), true, false));
        seen.answered(nexus(NexusStatus.DEGRADED), seen.moment());
        // When the stream has told everything but this
        publish(new Observation(new Cursor("f", 2), List.of(), false, true));
        // Then
        assertThat(status()).isEqualTo(NexusStatus.DEGRADED);
        // When the answers of its node do not count any more
        tell(node("two"));
        // Then
        assertThat(seen.nexus(NEXUS, NODE)).isEmpty();
    }

    @Test
    void aListenerThatDiesOfWhateverItIsHearsTheRestAllTheSame() throws InterruptedException {
        // Given
        var deaths = new AtomicInteger();
        seen.listen(new SightListener() {
            @Override
            public void nexus(NodeId node, NexusId nexus) {
                if (deaths.getAndIncrement() == 0) throw new LinkageError("a bug");
            }
        });
        // When
        publish(new News.Seen(nexus(NexusStatus.DEGRADED)));
        // Then the stream is opened again, from its start
        publish(new Observation(
                new Cursor("f", 1),
                List.of(new News.Seen(node("one")), new News.Seen(nexus(NexusStatus.ONLINE))),
                true,
                true));
        assertThat(status()).isEqualTo(NexusStatus.ONLINE);
    }

    private static Fact node(String instance) {
        return new Fact.Node(new NodeState(NODE, "a:1", NodeStatus.ONLINE, null, null, instance));
    }

    private void publishAnew(News... news) throws InterruptedException {
        publish(new Observation(new Cursor("f", 1), List.of(news), true, true));
    }

    private void publish(Observation piece) throws InterruptedException {
        pieces.add(piece);
        assertThat(seen.await(piece.at(), LONG)).isTrue();
    }

    private void tell(Fact fact) throws InterruptedException {
        assertThat(seen.await(publish(new News.Seen(fact)), LONG)).isTrue();
    }

    private List<ReplicaId> on(NodeId node, @Nullable ReplicaId after) {
        return seen.replicasOn(node, after).map(ReplicaState::uuid).toList();
    }

    private static ReplicaId id(int number) {
        return new ReplicaId(new UUID(1, number));
    }

    private static Fact replica(int number, NodeId node) {
        Bytes size = Bytes.mib(64);
        return new Fact.Replica(new ReplicaState(
                id(number),
                "replica",
                node,
                new PoolId("pool"),
                new PoolUuid(new UUID(2, 1)),
                size,
                false,
                ShareProtocol.NONE,
                "",
                List.of(),
                new ReplicaSpace(size, size, Bytes.mib(4), 16, 16),
                ReplicaKind.REGULAR,
                ReplicaStatus.ONLINE));
    }
}
