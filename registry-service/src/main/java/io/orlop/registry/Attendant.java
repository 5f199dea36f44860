package io.orlop.registry;

import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaState;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.service.Observation.Cursor;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Looks after one node: whether it is heard of, and what it reports. It has a thread of its own, so that a node that
/// answers slowly delays nobody else.
///
/// ```
///                  registered              asked and answered
///   Offline ─────────────────────► Unknown ──────────────────► Online ◄─┐ a question that is
///      ▲  ▲                          │  ▲                       │  │    │ not answered changes
///      │  └── silent for too long ───┘  └── another instance ───┤  └────┘ nothing
///      └───────── silent for too long, or it said that it goes ─┘
/// ```
///
/// So a node that is online always has a report, and the report is of the instance that runs. A node that registers
/// but does not answer stays online with its last report: its volumes still serve, and whoever asks it to change
/// something is refused by the node itself. An answer counts as a sign of life just as a registration does.
final class Attendant {
    private static final Logger LOG = System.getLogger(Attendant.class.getName());

    private final NodeId node;
    private final Agent agent;
    private final Ambient ambient;
    private final RegistrySettings settings;
    private final ObservationLog log;
    private final Signal stirred;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable NodeRegistration registration;
    private @Nullable Report report;
    private @Nullable CompletableFuture<Cursor> next;
    private boolean present = true;
    private boolean left;
    private boolean answering = true;
    private long heardNanos;
    private volatile boolean closed;

    /// @param instance whose report it is: that of another does not count
    private record Report(
            @Nullable String instance, List<PoolState> pools, List<ReplicaState> replicas, List<NexusState> nexuses) {}

    /// @param registration what the node said of itself; `null` if only its spec is known so far
    Attendant(
            NodeId node,
            @Nullable NodeRegistration registration,
            Agent agent,
            Ambient ambient,
            RegistrySettings settings,
            ObservationLog log) {
        this.node = node;
        this.registration = registration;
        this.agent = agent;
        this.ambient = ambient;
        this.settings = settings;
        this.log = log;
        this.stirred = ambient.signal();
        this.heardNanos = ambient.nanos();
    }

    void start() {
        locked(this::publish);
        stirred.raise();
        ambient.start("node " + node, this::run);
    }

    void registered(NodeRegistration said) {
        locked(() -> {
            NodeRegistration before = registration;
            boolean restarted = !present || before == null || !Objects.equals(before.instance(), said.instance());
            // What was learnt by asking is the same node if the instance is.
            registration = said;
            heardNanos = ambient.nanos();
            present = true;
            left = false;
            if (restarted) {
                // The old report is not taken back before there is a new one, or none to be had.
                stirred.raise();
            } else {
                publish();
            }
            return null;
        });
    }

    void deregistered() {
        locked(() -> {
            left = true;
            return gone();
        });
    }

    /// Looks at the clock.
    void expire() {
        locked(() -> {
            if (present && ambient.nanos() - heardNanos > settings.deadline().toNanos()) gone();
            return null;
        });
    }

    private Cursor gone() {
        present = false;
        report = null;
        return publish();
    }

    @Nullable
    String endpoint() {
        return locked(() -> registration == null ? null : registration.grpcEndpoint());
    }

    /// Asks the node anew; who comes while it is being asked waits for the next time.
    ///
    /// @return where its answer is
    Cursor refresh() {
        CompletableFuture<Cursor> round = locked(() -> {
            if (!present || closed) {
                throw new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent").exception();
            }
            if (next == null) next = new CompletableFuture<>();
            return next;
        });
        stirred.raise();
        try {
            return round.join();
        } catch (CompletionException failed) {
            if (failed.getCause() instanceof RefusalException refused) throw refused;
            throw failed;
        }
    }

    /// Nothing is published any more when it returns.
    void close() {
        locked(() -> closed = true);
        stirred.raise();
    }

    private void run() {
        try {
            while (!closed) {
                stirred.await(settings.period());
                if (!closed && mayAsk()) ask();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            locked(() -> {
                closed = true;
                fail(
                        takeRound(),
                        new Refusal.Unavailable("this copy of the registry does not lead any more", "ask the leader"));
                return null;
            });
        }
    }

    private boolean mayAsk() {
        return locked(() -> {
            if (present) return true;
            fail(takeRound(), new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent"));
            return false;
        });
    }

    private void ask() {
        CompletableFuture<Cursor> round = locked(this::takeRound);
        NodeRegistration asked = locked(() -> registration);
        try {
            NodeRegistration said = asked == null ? itself(agent.info()) : asked;
            // Replicas before pools: then a pool's usage contains every replica that is reported beside it.
            List<ReplicaState> replicas = agent.replicas();
            List<NexusState> nexuses = agent.nexuses();
            List<PoolState> pools = agent.pools();
            locked(() -> answered(round, said, new Report(said.instance(), pools, replicas, nexuses)));
        } catch (RuntimeException failed) {
            locked(() -> notAnswered(round, failed));
        }
    }

    /// An address may serve another node by now.
    private NodeRegistration itself(NodeRegistration said) {
        if (said.id().equals(node)) return said;
        throw new Refusal.FailedPrecondition(
                        "where node %s was, node %s answers".formatted(node, said.id()), "wait until it registers")
                .exception();
    }

    private @Nullable Void answered(@Nullable CompletableFuture<Cursor> round, NodeRegistration said, Report answer) {
        NodeRegistration now = registration;
        if (left || now != null && !Objects.equals(now.instance(), said.instance())) {
            fail(round, new Refusal.Aborted("node %s went while it was asked".formatted(node), "try again"));
            stirred.raise();
            return null;
        }
        if (now == null) registration = said;
        if (!answering) LOG.log(Level.INFO, "node {0} answers again", node);
        answering = true;
        present = true;
        heardNanos = ambient.nanos();
        report = answer;
        Cursor at = publish();
        if (round != null) round.complete(at);
        return null;
    }

    private @Nullable Void notAnswered(@Nullable CompletableFuture<Cursor> round, RuntimeException failed) {
        if (answering) LOG.log(Level.WARNING, "node {0} does not answer: {1}", node, failed.getMessage());
        answering = false;
        publish();
        fail(
                round,
                new Refusal.Aborted(
                        "node %s does not answer: %s".formatted(node, failed.getMessage()), "try again when it does"));
        return null;
    }

    private @Nullable CompletableFuture<Cursor> takeRound() {
        CompletableFuture<Cursor> round = next;
        next = null;
        return round;
    }

    private static void fail(@Nullable CompletableFuture<Cursor> round, Refusal refusal) {
        if (round != null) round.completeExceptionally(refusal.exception());
    }

    private Cursor publish() {
        if (closed) return Cursor.START;
        NodeRegistration said = registration;
        Report reported = report;
        if (reported != null && said != null && !Objects.equals(reported.instance(), said.instance())) reported = null;
        NodeStatus status = !present ? NodeStatus.OFFLINE : reported == null ? NodeStatus.UNKNOWN : NodeStatus.ONLINE;
        var state = new NodeState(
                node,
                said == null ? "" : said.grpcEndpoint(),
                status,
                said == null ? null : said.nqn(),
                said == null ? null : said.version(),
                said == null ? null : said.instance());
        return log.publish(
                node,
                reported == null
                        ? new NodeObservation(state, List.of(), List.of(), List.of())
                        : new NodeObservation(state, reported.pools(), reported.replicas(), reported.nexuses()));
    }

    private <R extends @Nullable Object> R locked(Supplier<R> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
