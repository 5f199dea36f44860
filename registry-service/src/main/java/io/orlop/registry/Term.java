package io.orlop.registry;

import io.orlop.control.loop.Lasting;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeState;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What one copy of the service knows of the nodes while it leads. The next leader asks the nodes again: nothing of
/// this is stored.
final class Term implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    /// How long readers wait for a node that was there before and does not answer.
    private static final Duration SETTLING = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final Agents agents;
    private final RegistrySettings settings;
    private final ObservationLog log;
    private final ReentrantLock lock = new ReentrantLock();
    /// Changed with the lock held.
    private final Map<NodeId, Attendant> attendants = new ConcurrentSkipListMap<>();

    private final AtomicInteger unheard = new AtomicInteger();
    private final Signal ended;
    private @Nullable Lasting liveness;
    private volatile boolean closed;

    Term(String epoch, Ambient ambient, Agents agents, RegistrySettings settings) {
        this.ambient = ambient;
        this.agents = agents;
        this.settings = settings;
        this.log = new ObservationLog(epoch);
        this.ended = ambient.signal();
    }

    /// @param known nodes that registered with an earlier leader: they are asked at once, and readers hear that they
    ///     have been told everything when each has answered or failed to
    Term start(Collection<NodeId> known) {
        unheard.set(known.size() + 1);
        known.forEach(node -> attend(node, null, this::heard));
        heard();
        liveness = Lasting.start(ambient, "liveness", this::watchTheClock);
        return this;
    }

    private void heard() {
        if (unheard.decrementAndGet() == 0) log.settle();
    }

    void registered(NodeRegistration said) {
        attend(said.id(), said, () -> {}).registered(said);
    }

    /// @return whether it says nothing new
    boolean stillHere(NodeRegistration said) {
        return attendant(said.id())
                .filter(attendant -> attendant.stillHere(said))
                .isPresent();
    }

    void deregistered(NodeId node) {
        attendant(node).ifPresent(Attendant::deregistered);
    }

    void forget(NodeId node) {
        lock.lock();
        try {
            Attendant attendant = attendants.remove(node);
            if (attendant == null) return;
            attendant.forget();
        } finally {
            lock.unlock();
        }
    }

    Cursor refresh(NodeId node) {
        return attendant(node)
                .orElseThrow(() -> new Refusal.FailedPrecondition("node " + node + " is not online", "start its agent")
                        .exception())
                .refresh();
    }

    Optional<NodeState> latest(NodeId node) {
        return log.node(node);
    }

    Optional<String> endpoint(NodeId node) {
        return attendant(node).flatMap(attendant -> Optional.ofNullable(attendant.endpoint()));
    }

    Feed<Observation> observe(Cursor from) {
        return log.open(from);
    }

    @Override
    public void close() {
        List<Attendant> all;
        lock.lock();
        try {
            closed = true;
            all = List.copyOf(attendants.values());
        } finally {
            lock.unlock();
        }
        ended.raise();
        if (liveness != null) liveness.close();
        all.forEach(Attendant::close);
        log.close();
    }

    private Optional<Attendant> attendant(NodeId node) {
        return Optional.ofNullable(attendants.get(node));
    }

    private Attendant attend(NodeId node, @Nullable NodeRegistration said, Runnable heard) {
        lock.lock();
        try {
            Attendant present = attendants.get(node);
            if (present != null) return present;
            var attendant = new Attendant(node, said, agents.at(node), ambient, settings, log, heard);
            attendants.put(node, attendant);
            if (closed) attendant.close();
            attendant.start();
            return attendant;
        } finally {
            lock.unlock();
        }
    }

    private void watchTheClock() throws InterruptedException {
        long settledNanos = ambient.nanos() + SETTLING.toNanos();
        while (!closed) {
            ended.await(TICK);
            if (ambient.nanos() - settledNanos >= 0) attendants.values().forEach(Attendant::giveUpWaiting);
            attendants.values().forEach(Attendant::expire);
        }
    }
}
