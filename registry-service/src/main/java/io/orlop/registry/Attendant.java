package io.orlop.registry;

import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
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
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
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
///
/// A report is compared with the one before, and what differs is published. How often it is asked is [Rhythm]'s: an
/// agent of ours says with each registration which generation of its state it has, and is asked when that has moved.
final class Attendant {
    private static final Logger LOG = System.getLogger(Attendant.class.getName());
    /// Between two questions for nexuses of a node whose generation moves all the time.
    private static final Duration BREATH = Duration.ofMillis(250);

    private static final Report NOTHING = Report.of(null, List.of(), List.of(), List.of());

    private final NodeId node;
    private final Agent agent;
    private final Ambient ambient;
    private final RegistrySettings settings;
    private final ObservationLog log;
    private final Runnable known;
    private final Signal stirred;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable NodeRegistration registration;
    private @Nullable Report report;
    /// What readers know of the node: stays as it was while the node is away.
    private @Nullable Report published;

    private @Nullable CompletableFuture<Cursor> next;
    private boolean present = true;
    private boolean left;
    private boolean answering = true;
    /// Why its last question was not answered; null if it has said anything since that question was asked.
    private @Nullable Refusal silence;

    private boolean heardOf;
    private long heardNanos;
    /// Whether it has said something by itself since it was asked last.
    private boolean saidSinceAsked;

    private long askedNanos;
    private long askedAllNanos;
    private @Nullable Long askedGeneration;
    private @Nullable Long askedAllGeneration;
    private @Nullable Long askedAllDrift;
    private volatile boolean closed;

    /// @param registration what the node said of itself; `null` if only its spec is known so far
    /// @param known called once, when the first thing is known of the node, if only that it is gone
    Attendant(
            NodeId node,
            @Nullable NodeRegistration registration,
            Agent agent,
            Ambient ambient,
            RegistrySettings settings,
            ObservationLog log,
            Runnable known) {
        this.node = node;
        this.registration = registration;
        this.agent = agent;
        this.ambient = ambient;
        this.settings = settings;
        this.log = log;
        this.known = known;
        this.stirred = ambient.signal();
        this.heardNanos = ambient.nanos();
        this.askedNanos = heardNanos;
        this.askedAllNanos = heardNanos;
    }

    /// Of a node that was there before, nothing is published until something is known: readers go on with what an
    /// earlier leader has told them.
    void start() {
        locked(() -> registration == null ? null : publish());
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
            saidSinceAsked = true;
            silence = null;
            present = true;
            left = false;
            // The old report is not taken back before there is a new one, or none to be had.
            if (!restarted && !saysTheSame(before, said)) publish();
            boolean moved = !Objects.equals(askedAllGeneration, said.generation());
            if (restarted || moved || !Objects.equals(askedAllDrift, said.drift())) stirred.raise();
            return null;
        });
    }

    private static boolean saysTheSame(@Nullable NodeRegistration before, NodeRegistration now) {
        return before != null && now.sameButCounts(before);
    }

    /// The same as [#registered(NodeRegistration)] where it says nothing new and nobody has to be waited for.
    ///
    /// @return whether that is so; otherwise nothing was done
    boolean stillHere(NodeRegistration said) {
        if (!lock.tryLock()) return false;
        try {
            if (!present || !said.equals(registration)) return false;
            heardNanos = ambient.nanos();
            saidSinceAsked = true;
            silence = null;
            return true;
        } finally {
            lock.unlock();
        }
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

    /// Asks the node anew; who comes while it is being asked waits for the next time. A node that did not answer is not
    /// asked for a caller's sake before it has said something, or has answered the next periodic question: when it
    /// falls silent, everybody who has something on it wants to know.
    ///
    /// @return where its answer is
    Cursor refresh() {
        CompletableFuture<Cursor> round = locked(() -> {
            if (!present || closed) {
                throw new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent").exception();
            }
            Refusal silent = silence;
            if (silent != null) throw silent.exception();
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
                try {
                    stirred.await(untilNextQuestion());
                    if (!closed && mayAsk()) ask();
                } catch (RuntimeException | Error bug) {
                    // Nobody else looks after this node, whatever it was.
                    LOG.log(Level.ERROR, "what node " + node + " has could not be taken in", bug);
                    ambient.sleep(settings.period());
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            locked(() -> {
                closed = true;
                fail(
                        takeRound(),
                        new Refusal.NotLeader(
                                "this copy of the registry does not lead any more", "ask the leader", null));
                return null;
            });
        }
    }

    private Duration untilNextQuestion() {
        return locked(() -> {
            long now = ambient.nanos();
            if (!present) return settings.period();
            long all = askedAllNanos + pauseOfAll().toNanos() - now;
            long some = askedNanos + pauseOfNexuses().toNanos() - now;
            return Duration.ofNanos(Math.max(1_000_000, Math.min(all, some)));
        });
    }

    private Duration pauseOfAll() {
        Report last = report;
        if (last == null || !answering) return settings.period();
        return rhythm(askedAllGeneration).pause(last.size(), settings.period());
    }

    private Duration pauseOfNexuses() {
        if (!answering) return settings.period();
        return switch (rhythm(askedGeneration)) {
            case MOVED -> BREATH;
            case UNTOLD -> settings.period();
            // They come with everything else.
            case DRIFTED, SAME -> Duration.ofDays(1);
        };
    }

    private Rhythm rhythm(@Nullable Long asked) {
        NodeRegistration said = registration;
        if (said == null || said.generation() == null) return Rhythm.UNTOLD;
        if (!said.generation().equals(asked)) return Rhythm.MOVED;
        return said.drift() != null && said.drift().equals(askedAllDrift) ? Rhythm.SAME : Rhythm.DRIFTED;
    }

    private boolean mayAsk() {
        return locked(() -> {
            if (present) return true;
            fail(takeRound(), new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent"));
            return false;
        });
    }

    private void ask() {
        long now = ambient.nanos();
        boolean everything = locked(() -> next != null
                || report == null
                || !Objects.equals(report.instance(), registration == null ? null : registration.instance())
                || now - askedAllNanos - pauseOfAll().toNanos() >= 0);
        if (everything) askForEverything(now);
        else if (locked(() -> now - askedNanos - pauseOfNexuses().toNanos() >= 0)) askForNexuses(now);
    }

    private void askForEverything(long now) {
        CompletableFuture<Cursor> round = locked(this::takeRound);
        NodeRegistration asked = locked(() -> {
            askedNanos = now;
            askedAllNanos = now;
            saidSinceAsked = false;
            return registration;
        });
        try {
            NodeRegistration said = asked == null ? itself(agent.info()) : asked;
            // Replicas before pools: then a pool's usage contains every replica that is reported beside it.
            List<ReplicaState> replicas = agent.replicas();
            List<NexusState> nexuses = agent.nexuses();
            List<PoolState> pools = agent.pools();
            locked(() -> {
                askedGeneration = said.generation();
                askedAllGeneration = said.generation();
                askedAllDrift = said.drift();
                return answered(round, said, Report.of(said.instance(), pools, replicas, nexuses));
            });
        } catch (RuntimeException failed) {
            locked(() -> notAnswered(round, failed));
        } finally {
            // Whoever waits for it waits without a limit.
            if (round != null && !round.isDone()) {
                fail(
                        round,
                        new Refusal.Failed("what node %s has could not be taken in".formatted(node), "see the log"));
            }
        }
    }

    private void askForNexuses(long now) {
        NodeRegistration asked = locked(() -> {
            askedNanos = now;
            saidSinceAsked = false;
            return registration;
        });
        Report last = locked(() -> report);
        if (asked == null || last == null) return;
        try {
            List<NexusState> nexuses = agent.nexuses();
            locked(() -> {
                askedGeneration = asked.generation();
                // Somebody may have asked for everything, or the node may have gone, in between.
                return report == last ? answered(null, asked, last.withNexuses(nexuses)) : null;
            });
        } catch (RuntimeException failed) {
            locked(() -> notAnswered(null, failed));
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
        silence = null;
        present = true;
        heardNanos = ambient.nanos();
        report = answer.after(report);
        Cursor at = publish();
        if (round != null) round.complete(at);
        return null;
    }

    private @Nullable Void notAnswered(@Nullable CompletableFuture<Cursor> round, RuntimeException failed) {
        if (answering) LOG.log(Level.WARNING, "node {0} does not answer: {1}", node, failed.getMessage());
        answering = false;
        // Not one that a client repeats by itself: the node was asked more than once.
        var refusal = new Refusal.FailedPrecondition(
                "node %s does not answer: %s".formatted(node, failed.getMessage()), "try again when it does");
        // It may have been started again while its former instance was asked.
        if (!saidSinceAsked) silence = refusal;
        publish();
        fail(round, refusal);
        if (silence != null) fail(takeRound(), refusal);
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

    /// What a node has is told before it is online, and that it is not online before anything else: nobody ever sees a
    /// node online that seems to have lost what it has.
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
        var news = new ArrayList<News>();
        if (reported != null) {
            news.addAll(reported.since(published, node));
            published = reported;
        }
        news.add(new News.Seen(new Fact.Node(state)));
        Cursor at = log.publish(news);
        nowHeardOf();
        return at;
    }

    private void nowHeardOf() {
        if (heardOf) return;
        heardOf = true;
        known.run();
    }

    /// Its spec was deleted, which is all that readers need to know of it.
    void forget() {
        locked(() -> {
            closed = true;
            var news = new ArrayList<News>();
            news.add(new News.Gone(new Fact.Id(node, Fact.Kind.NODE, "")));
            if (published != null) news.addAll(NOTHING.since(published, node));
            log.publish(news);
            nowHeardOf();
            return null;
        });
        stirred.raise();
    }

    /// It has not been heard of in time: that is something, too.
    void giveUpWaiting() {
        locked(() -> heardOf ? null : publish());
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
