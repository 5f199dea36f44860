package io.orlop.registry;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeRegistration;
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
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What one copy of the service knows of the nodes while it leads. The next leader asks the nodes again: nothing of
/// this is stored.
final class Term implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);

    private final Ambient ambient;
    private final Agents agents;
    private final RegistrySettings settings;
    private final ObservationLog log;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<NodeId, Attendant> attendants = new TreeMap<>();
    private final Signal ended;
    private volatile boolean closed;

    Term(String epoch, Ambient ambient, Agents agents, RegistrySettings settings) {
        this.ambient = ambient;
        this.agents = agents;
        this.settings = settings;
        this.log = new ObservationLog(epoch);
        this.ended = ambient.signal();
    }

    /// @param known nodes that registered with an earlier leader: they are asked at once, and are not online before
    ///     they answer or register
    Term start(Collection<NodeId> known) {
        known.forEach(node -> attend(node, null));
        ambient.start("liveness", this::watchTheClock);
        return this;
    }

    void registered(NodeRegistration said) {
        attend(said.id(), said).registered(said);
    }

    void deregistered(NodeId node) {
        attendant(node).ifPresent(Attendant::deregistered);
    }

    void forget(NodeId node) {
        lock.lock();
        try {
            Attendant attendant = attendants.remove(node);
            if (attendant == null) return;
            attendant.close();
            log.publish(node, null);
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

    Optional<NodeObservation> latest(NodeId node) {
        return log.latest(node);
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
        all.forEach(Attendant::close);
        log.close();
    }

    private Optional<Attendant> attendant(NodeId node) {
        lock.lock();
        try {
            return Optional.ofNullable(attendants.get(node));
        } finally {
            lock.unlock();
        }
    }

    private Attendant attend(NodeId node, @Nullable NodeRegistration said) {
        lock.lock();
        try {
            Attendant present = attendants.get(node);
            if (present != null) return present;
            var attendant = new Attendant(node, said, agents.at(node), ambient, settings, log);
            attendants.put(node, attendant);
            if (closed) attendant.close();
            attendant.start();
            return attendant;
        } finally {
            lock.unlock();
        }
    }

    private void watchTheClock() {
        try {
            while (!closed) {
                ended.await(TICK);
                List<Attendant> all;
                lock.lock();
                try {
                    all = List.copyOf(attendants.values());
                } finally {
                    lock.unlock();
                }
                all.forEach(Attendant::expire);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
