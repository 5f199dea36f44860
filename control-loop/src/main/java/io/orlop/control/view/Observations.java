package io.orlop.control.view;

import io.orlop.control.loop.BackOff;
import io.orlop.control.loop.Lasting;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Registry;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The nodes and what is on them, resource by resource, as they were seen last. Follows registry-service's stream,
/// resumes where it broke, and starts over where another copy of the registry leads by then; until that has told
/// everything, what was known before still stands.
///
/// ```
///   registry's stream ───► n1  p1  r1  r2 …  complete   r2'      ┐
///                                                                 ├──► one map for each kind ──► listeners
///   what agents answer to our own commands ──────────► r3  r1 gone ┘
/// ```
///
/// What an agent answers to a create, a share or a destroy is an observation like any other, and counts at once: nobody
/// has to list a node to see what it has just said. Where the stream has told of the same thing while the answer was on
/// its way, the stream is believed: it tells again if it was the older of the two, and an answer would never be put
/// right. And an answer that the stream does not confirm when its node is asked again does not count any more.
///
/// What is on a node counts only while the node is online: [#replica(ReplicaId, NodeId)] and its like say nothing of
/// the others.
public final class Observations implements AutoCloseable {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Ambient ambient;
    private final Registry registry;
    /// Held by whoever changes something, so that nobody's news are lost to somebody else's.
    private final ReentrantLock lock = new ReentrantLock();

    private final NavigableMap<NodeId, NodeState> nodes = new ConcurrentSkipListMap<>();
    private final NavigableMap<NodeId, Integer> nodeTellings = new ConcurrentSkipListMap<>();
    private final Sightings<PoolId, PoolState> pools = new Sightings<>();
    private final Sightings<ReplicaId, ReplicaState> replicas = new Sightings<>();
    private final Sightings<NexusId, NexusState> nexuses = new Sightings<>();
    private final Answers answers = new Answers();
    private final List<SightListener> listeners = new CopyOnWriteArrayList<>();
    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
    private final List<Signal> completed = new CopyOnWriteArrayList<>();
    private final Signal stirred;

    private volatile Cursor at = Cursor.START;
    private volatile @Nullable Feed<Observation> feed;
    private volatile @Nullable Lasting thread;
    /// Counts how often the stream started over.
    private volatile int telling;

    /// Counts the beginnings and the ends of the stream's pieces.
    private volatile long moment;

    private volatile boolean complete;
    private volatile boolean current;
    private volatile boolean closed;

    private record Waiting(Cursor cursor, Signal arrived) {}

    private Observations(Ambient ambient, Registry registry) {
        this.ambient = ambient;
        this.registry = registry;
        this.stirred = ambient.signal();
    }

    public static Observations follow(Ambient ambient, Registry registry) {
        var observations = new Observations(ambient, registry);
        observations.thread = Lasting.start(ambient, "observations", observations::run);
        return observations;
    }

    public Optional<NodeState> node(NodeId node) {
        return Optional.ofNullable(nodes.get(node));
    }

    /// Sorted by id: a walk and not a copy.
    public Stream<NodeState> nodes() {
        return nodes.values().stream();
    }

    public boolean online(NodeId node) {
        NodeState state = nodes.get(node);
        return state != null && state.online();
    }

    /// Known to be away: calling it would only cost time. Of a node that was not heard of yet, nobody knows.
    public boolean away(NodeId node) {
        NodeState state = nodes.get(node);
        return state != null && state.status() == NodeStatus.OFFLINE;
    }

    /// The pool as its node reports it; nothing while the node is not online.
    public Optional<PoolState> pool(PoolId pool, NodeId node) {
        return online(node) ? pools.get(pool, node) : Optional.empty();
    }

    public Optional<ReplicaState> replica(ReplicaId replica, NodeId node) {
        return online(node) ? replicas.get(replica, node) : Optional.empty();
    }

    public Optional<NexusState> nexus(NexusId nexus, NodeId node) {
        return online(node) ? nexuses.get(nexus, node) : Optional.empty();
    }

    /// On whichever online nodes report it.
    public List<PoolState> pool(PoolId pool) {
        return pools.anywhere(pool).stream()
                .filter(state -> online(state.node()))
                .toList();
    }

    public List<ReplicaState> replica(ReplicaId replica) {
        return replicas.anywhere(replica).stream()
                .filter(state -> online(state.node()))
                .toList();
    }

    public List<NexusState> nexus(NexusId nexus) {
        return nexuses.anywhere(nexus).stream()
                .filter(state -> online(state.node()))
                .toList();
    }

    /// Of all online nodes, sorted by id: a walk and not a copy.
    ///
    /// @param after `null` to begin with the first
    public Stream<PoolState> pools(@Nullable PoolId after) {
        return (after == null ? pools.all() : pools.after(after)).filter(state -> online(state.node()));
    }

    /// @param after `null` to begin with the first
    public Stream<ReplicaState> replicas(@Nullable ReplicaId after) {
        return (after == null ? replicas.all() : replicas.after(after)).filter(state -> online(state.node()));
    }

    /// Of one node, as long as it is online, sorted by id: a walk that costs what the node has.
    ///
    /// @param after `null` to begin with the first
    public Stream<ReplicaState> replicasOn(NodeId node, @Nullable ReplicaId after) {
        return online(node) ? replicas.on(node, after) : Stream.empty();
    }

    /// @param after `null` to begin with the first
    public Stream<NexusState> nexuses(@Nullable NexusId after) {
        return (after == null ? nexuses.all() : nexuses.after(after)).filter(state -> online(state.node()));
    }

    /// Whether everything has been heard of once: before, what is missing means nothing.
    public boolean isComplete() {
        return complete;
    }

    /// Whether the stream stands, and what is here is as new as can be.
    public boolean isCurrent() {
        return current && complete;
    }

    /// Waits until the stream stands and everything has been heard of.
    ///
    /// @return whether it is so
    public boolean awaitCurrent(Duration atMost) throws InterruptedException {
        if (isCurrent()) return true;
        Signal heard = ambient.signal();
        completed.add(heard);
        try {
            if (!isCurrent()) heard.await(atMost);
            return isCurrent();
        } finally {
            completed.remove(heard);
        }
    }

    public void listen(SightListener listener) {
        listeners.add(listener);
    }

    /// Whether registry-service has told of it: then what the node says of the pool contains it.
    public boolean reported(ReplicaId replica, NodeId node) {
        return replica(replica, node).isPresent() && !answers.alone(Fact.Replica.id(node, replica));
    }

    /// A moment of the stream: to be remembered before an agent is asked for something. While it stays, the stream has
    /// told nothing new.
    public long moment() {
        return moment;
    }

    /// Takes note of what an agent has just answered.
    ///
    /// @param asked the moment before it was asked
    public void answered(Fact fact, long asked) {
        locked(() -> {
            if (toldSince(fact.id(), asked)) return;
            Fact known = known(fact.id());
            if (fact.equals(known)) return;
            var before = known == null ? null : new Answers.Told(known, tellingOf(known.id()));
            answers.answered(fact.id(), before, ambient.nanos());
            seen(fact, telling, false);
        });
    }

    /// Takes note of what an agent has just said of something that nobody else changes meanwhile.
    public void answered(Fact fact) {
        answered(fact, moment);
    }

    /// Takes note that an agent has just destroyed this.
    public void answeredGone(Fact.Id id) {
        locked(() -> gone(id));
    }

    /// Has the nodes asked now, all at once, and waits until their answers are here. Those that are not online stay as
    /// they were seen.
    ///
    /// @return whether all of them are: a node that does not answer in time, or a registry that is away, is no
    ///     reason to fail, but whoever decides over data must not decide then
    public boolean refresh(Collection<NodeId> which, Duration atMost) {
        var asked = new TreeSet<>(which);
        asked.removeIf(node -> !online(node));
        if (asked.isEmpty()) return true;
        var left = new AtomicInteger(asked.size());
        var failed = new AtomicInteger();
        Signal done = ambient.signal();
        for (NodeId node : asked) {
            ambient.start("refresh " + node, () -> {
                if (!refresh(node, atMost)) failed.incrementAndGet();
                if (left.decrementAndGet() == 0) done.raise();
            });
        }
        try {
            return done.await(atMost) && failed.get() == 0;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private boolean refresh(NodeId node, Duration atMost) {
        try {
            long before = ambient.nanos();
            if (!await(registry.refresh(node), atMost)) return false;
            locked(() -> answers.takeOf(node, before).forEach(this::undo));
            return true;
        } catch (RefusalException notNow) {
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Waits until what is at this place of the stream is here.
    public boolean await(Cursor cursor, Duration atMost) throws InterruptedException {
        var one = new Waiting(cursor, ambient.signal());
        waiting.add(one);
        try {
            if (at.covers(cursor)) return true;
            one.arrived().await(atMost);
            return at.covers(cursor);
        } finally {
            waiting.remove(one);
        }
    }

    @Override
    public void close() {
        closed = true;
        stirred.raise();
        Lasting running = thread;
        if (running != null) running.close();
        Feed<Observation> open = feed;
        if (open != null) open.close();
    }

    private void run() throws InterruptedException {
        int failures = 0;
        while (!closed) {
            Cursor before = at;
            follow();
            failures = at.equals(before) ? failures + 1 : 1;
            if (!closed) stirred.await(PATIENCE.after(failures, ambient.random()));
        }
    }

    /// Follows one stream to its end. A surprise, such as a fact that this version cannot read or a listener that
    /// fails, costs a pause and a stream that starts over.
    private void follow() throws InterruptedException {
        try (Feed<Observation> open = registry.observe(at)) {
            feed = open;
            while (!closed) {
                Observation piece = open.next();
                locked(() -> take(piece));
                at = piece.at();
                for (Waiting one : waiting) {
                    if (at.covers(one.cursor())) one.arrived().raise();
                }
            }
        } catch (RefusalException _) {
            // Said in the text of whoever asks; the stream is opened again.
        } catch (RuntimeException | Error surprise) {
            // What was told up to here may not have been taken in.
            at = Cursor.START;
            throw surprise;
        } finally {
            current = false;
        }
    }

    private void take(Observation piece) {
        moment++;
        if (piece.anew()) {
            telling++;
            current = false;
        }
        for (News news : piece.news()) {
            switch (news) {
                case News.Seen(Fact fact) -> {
                    answers.settled(fact.id());
                    seen(fact, telling, true);
                }
                case News.Gone(Fact.Id id) -> gone(id);
            }
        }
        answers.takeStale(ambient.nanos()).forEach(this::undo);
        moment++;
        if (piece.complete()) {
            forgetUntold();
            complete = true;
            current = true;
            completed.forEach(Signal::raise);
        }
    }

    /// What was told before an answer counts again, until the stream, having started over, does not tell it again.
    private void undo(Answers.Expired answer) {
        Answers.Told before = answer.told();
        if (before == null) gone(answer.id());
        else seen(before.fact(), before.telling(), false);
    }

    /// @param told by the stream
    private void seen(Fact fact, int telling, boolean told) {
        NodeId node = fact.node();
        switch (fact) {
            case Fact.Node(NodeState state) -> {
                nodeTellings.put(node, telling);
                NodeState before = nodes.put(node, state);
                if (before != null && !Objects.equals(before.instance(), state.instance())) {
                    answers.takeOf(node, Long.MAX_VALUE).forEach(this::undo);
                }
                if (!state.equals(before)) tell(listener -> listener.node(node));
            }
            case Fact.Pool(PoolState now) -> {
                PoolState before = told
                        ? pools.put(now.id(), node, now, telling, moment)
                        : pools.put(now.id(), node, now, telling);
                if (before == null || !now.sameButUsage(before)) tell(listener -> listener.pool(node, now.id()));
                else if (!now.equals(before)) tell(listener -> listener.usage(before, now));
            }
            case Fact.PoolUsage(var _, PoolId pool, var used, var committed) -> {
                PoolState before = pools.change(pool, node, telling, state -> state.using(used, committed));
                if (before == null) return;
                PoolState now = before.using(used, committed);
                if (!now.equals(before)) tell(listener -> listener.usage(before, now));
            }
            case Fact.Replica(ReplicaState now) -> {
                ReplicaState before = told
                        ? replicas.put(now.uuid(), node, now, telling, moment)
                        : replicas.put(now.uuid(), node, now, telling);
                if (before == null || !now.sameButUsage(before)) tell(listener -> listener.replica(node, now.uuid()));
            }
            case Fact.ReplicaUsage(var _, ReplicaId replica, var space) ->
                replicas.change(replica, node, telling, state -> state.using(space));
            case Fact.Nexus(NexusState now) -> {
                NexusState before = told
                        ? nexuses.put(now.uuid(), node, now, telling, moment)
                        : nexuses.put(now.uuid(), node, now, telling);
                if (before == null || !now.sameButProgress(before)) tell(listener -> listener.nexus(node, now.uuid()));
            }
        }
    }

    private void gone(Fact.Id id) {
        NodeId node = id.node();
        answers.settled(id);
        switch (id.kind()) {
            case NODE -> {
                nodeTellings.remove(node);
                if (nodes.remove(node) != null) tell(listener -> listener.node(node));
            }
            case POOL -> {
                var pool = new PoolId(id.name());
                if (pools.remove(pool, node)) tell(listener -> listener.pool(node, pool));
            }
            case REPLICA -> {
                var replica = ReplicaId.of(id.name());
                if (replicas.remove(replica, node)) tell(listener -> listener.replica(node, replica));
            }
            case NEXUS -> {
                var nexus = NexusId.of(id.name());
                if (nexuses.remove(nexus, node)) tell(listener -> listener.nexus(node, nexus));
            }
            // It goes with what it is the usage of.
            case POOL_USAGE, REPLICA_USAGE -> {}
        }
    }

    private @Nullable Fact known(Fact.Id id) {
        NodeId node = id.node();
        return switch (id.kind()) {
            case NODE ->
                Optional.ofNullable(nodes.get(node)).map(Fact.Node::new).orElse(null);
            case POOL, POOL_USAGE ->
                pools.get(new PoolId(id.name()), node).map(Fact.Pool::new).orElse(null);
            case REPLICA, REPLICA_USAGE ->
                replicas.get(ReplicaId.of(id.name()), node)
                        .map(Fact.Replica::new)
                        .orElse(null);
            case NEXUS ->
                nexuses.get(NexusId.of(id.name()), node).map(Fact.Nexus::new).orElse(null);
        };
    }

    private int tellingOf(Fact.Id id) {
        NodeId node = id.node();
        return switch (id.kind()) {
            case NODE -> nodeTellings.getOrDefault(node, 0);
            case POOL, POOL_USAGE -> pools.telling(new PoolId(id.name()), node);
            case REPLICA, REPLICA_USAGE -> replicas.telling(ReplicaId.of(id.name()), node);
            case NEXUS -> nexuses.telling(NexusId.of(id.name()), node);
        };
    }

    private boolean toldSince(Fact.Id id, long asked) {
        return switch (id.kind()) {
            case NODE -> false;
            case POOL, POOL_USAGE -> pools.toldSince(new PoolId(id.name()), id.node(), asked);
            case REPLICA, REPLICA_USAGE -> replicas.toldSince(ReplicaId.of(id.name()), id.node(), asked);
            case NEXUS -> nexuses.toldSince(NexusId.of(id.name()), id.node(), asked);
        };
    }

    /// What the stream, having started over, knows nothing of.
    private void forgetUntold() {
        nodeTellings.forEach((node, told) -> {
            if (!Objects.equals(told, telling)) gone(new Fact.Id(node, Fact.Kind.NODE, ""));
        });
        pools.forgetOlderThan(telling).forEach(lost -> {
            answers.settled(Fact.Pool.id(lost.node(), lost.id()));
            tell(listener -> listener.pool(lost.node(), lost.id()));
        });
        replicas.forgetOlderThan(telling).forEach(lost -> {
            answers.settled(Fact.Replica.id(lost.node(), lost.id()));
            tell(listener -> listener.replica(lost.node(), lost.id()));
        });
        nexuses.forgetOlderThan(telling).forEach(lost -> {
            answers.settled(Fact.Nexus.id(lost.node(), lost.id()));
            tell(listener -> listener.nexus(lost.node(), lost.id()));
        });
        answers.forgetOlderThan(telling);
    }

    private void tell(Consumer<SightListener> news) {
        listeners.forEach(news);
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}
