package io.orlop.control.observed;

import io.orlop.control.loop.BackOff;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Registry;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The nodes as registry-service saw them last. Follows its stream, resumes where it broke, and starts over where
/// another copy of the registry leads by then; until that has told everything, what was known before still stands.
///
/// ```
///   Seen n1, Seen n2, Complete, Seen n1 ─── broken ─── Seen n1 (the same epoch: what changed since), Complete, …
///                                             └─────── Seen n1, Complete (another epoch: n2 is gone), …
/// ```
public final class ObservedCluster implements AutoCloseable {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));

    private final Ambient ambient;
    private final Registry registry;
    private final ReentrantLock lock = new ReentrantLock();
    private final NavigableMap<NodeId, NodeObservation> nodes = new TreeMap<>();
    private final List<Waiting> waiting = new CopyOnWriteArrayList<>();
    private final List<ObservationListener> listeners = new CopyOnWriteArrayList<>();
    /// Nodes that the present epoch told of; only the following thread looks at it.
    private final NavigableSet<NodeId> told = new TreeSet<>();

    private final Signal stirred;
    private volatile Cursor at = Cursor.START;
    private @Nullable Feed<Observation> feed;
    private boolean complete;
    private volatile boolean current;
    private volatile boolean closed;

    private record Waiting(Cursor cursor, Signal arrived) {}

    private ObservedCluster(Ambient ambient, Registry registry) {
        this.ambient = ambient;
        this.registry = registry;
        this.stirred = ambient.signal();
    }

    public static ObservedCluster follow(Ambient ambient, Registry registry) {
        var cluster = new ObservedCluster(ambient, registry);
        ambient.start("observations", cluster::run);
        return cluster;
    }

    public Optional<NodeObservation> node(NodeId node) {
        return locked(() -> Optional.ofNullable(nodes.get(node)));
    }

    /// Sorted by id.
    public List<NodeObservation> nodes() {
        return locked(() -> List.copyOf(nodes.values()));
    }

    public Optional<PoolState> pool(PoolId pool) {
        return find(NodeObservation::pools, state -> state.id().equals(pool));
    }

    public Optional<ReplicaState> replica(ReplicaId replica) {
        return find(NodeObservation::replicas, state -> state.uuid().equals(replica));
    }

    public Optional<NexusState> nexus(NexusId nexus) {
        return find(NodeObservation::nexuses, state -> state.uuid().equals(nexus));
    }

    /// Whether every node has been heard of once: before, one that is missing means nothing.
    public boolean isComplete() {
        return locked(() -> complete);
    }

    /// Whether the stream stands, and what is here is as new as can be.
    public boolean isCurrent() {
        return current && isComplete();
    }

    /// Told of every node of which something changed, from now on.
    public void listen(ObservationListener listener) {
        listeners.add(listener);
    }

    /// Has the node asked now and waits until its answer is here.
    ///
    /// @return whether it is: a node that does not answer, or a registry that is away, is no reason to fail
    public boolean refresh(NodeId node, Duration atMost) {
        try {
            return await(registry.refresh(node), atMost);
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
        Feed<Observation> open = locked(() -> {
            closed = true;
            return feed;
        });
        stirred.raise();
        if (open != null) open.close();
    }

    private void run() {
        int failures = 0;
        try {
            while (!closed) {
                Cursor before = at;
                try {
                    follow();
                } catch (RefusalException _) {
                    current = false;
                }
                failures = at.equals(before) ? failures + 1 : 1;
                if (!closed) stirred.await(PATIENCE.after(failures, ambient.random()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void follow() throws InterruptedException {
        try (Feed<Observation> open = registry.observe(at)) {
            locked(() -> feed = open);
            while (!closed) {
                Observation fact = open.next();
                if (!fact.at().epoch().equals(at.epoch())) told.clear();
                switch (fact) {
                    case Observation.Seen seen -> {
                        NodeId node = seen.node().node().id();
                        told.add(node);
                        NodeObservation before = locked(() -> nodes.put(node, seen.node()));
                        arrivedAt(fact.at(), seen.node().equals(before) ? List.of() : List.of(node));
                    }
                    case Observation.Forgotten forgotten -> {
                        told.remove(forgotten.node());
                        locked(() -> nodes.remove(forgotten.node()));
                        arrivedAt(fact.at(), List.of(forgotten.node()));
                    }
                    case Observation.Complete _ -> {
                        arrivedAt(fact.at(), dropUntold());
                        current = true;
                    }
                }
            }
        }
    }

    /// @return the nodes that a registry which started over knows nothing of
    private List<NodeId> dropUntold() {
        return locked(() -> {
            complete = true;
            List<NodeId> gone =
                    nodes.keySet().stream().filter(node -> !told.contains(node)).toList();
            gone.forEach(nodes::remove);
            return gone;
        });
    }

    private void arrivedAt(Cursor cursor, List<NodeId> changed) {
        at = cursor;
        for (Waiting one : waiting) {
            if (cursor.covers(one.cursor())) one.arrived().raise();
        }
        for (NodeId node : changed) listeners.forEach(listener -> listener.changed(node));
    }

    private <S> Optional<S> find(Function<NodeObservation, List<S>> states, Predicate<S> wanted) {
        for (NodeObservation node : nodes()) {
            for (S state : states.apply(node)) {
                if (wanted.test(state)) return Optional.of(state);
            }
        }
        return Optional.empty();
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
