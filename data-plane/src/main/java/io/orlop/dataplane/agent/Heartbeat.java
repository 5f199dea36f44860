package io.orlop.dataplane.agent;

import io.orlop.model.NodeRegistration;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.service.Registration;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/// Tells the control plane every five seconds that the node lives, and soon after there is news of it; a time that
/// failed is made up for by the next. Until it was heard for the first time it tries more often: whoever starts both
/// together does not want to wait.
///
/// ```
///   register ── 5 s ── register ── … ── news ─ 50 ms, for what comes with it ─ register ─ at least 250 ms ─ …
/// ```
public final class Heartbeat {
    private static final Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration GATHERING = Duration.ofMillis(50);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

    private final Supplier<NodeRegistration> node;
    private final Supplier<Optional<String>> ailment;
    private final Registration registration;
    private final Ambient ambient;
    private final Signal wake;
    private String name = "a node";
    private volatile boolean stopped;

    /// @param node what there is to say, asked each time
    public Heartbeat(Supplier<NodeRegistration> node, Registration registration, Ambient ambient) {
        this(node, Optional::empty, registration, ambient);
    }

    /// @param ailment why the node is not what it says it is, if so: then it says nothing, and others do without it
    Heartbeat(
            Supplier<NodeRegistration> node,
            Supplier<Optional<String>> ailment,
            Registration registration,
            Ambient ambient) {
        this.node = node;
        this.ailment = ailment;
        this.registration = registration;
        this.ambient = ambient;
        this.wake = ambient.signal();
    }

    public void start() {
        ambient.start("heartbeat", this::run);
    }

    /// There is something to say that was not said yet.
    public void news() {
        wake.raise();
    }

    /// Falls silent, as if the process had died.
    public void stop() {
        stopped = true;
        wake.raise();
    }

    /// Says that the node leaves.
    public void leave() {
        stop();
        NodeRegistration left = node.get();
        try {
            registration.deregister(left.id());
        } catch (RefusalException e) {
            LOG.log(Level.INFO, "{0} left without a word: {1}", left.id(), e.getMessage());
        }
    }

    private void run() {
        boolean known = false;
        Duration pause = FIRST_PAUSE;
        try {
            while (!stopped) {
                boolean before = known;
                long began = ambient.nanos();
                known = register(known);
                if (known && !before) {
                    LOG.log(Level.INFO, "{0} is registered", name);
                }
                if (known) pause = PERIOD;
                else if (before) pause = FIRST_PAUSE;
                if (wake.await(pause) && !stopped) ambient.sleep(untilNewsMayBeTold(began));
                pause = shorter(pause.multipliedBy(2), PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Duration untilNewsMayBeTold(long lastBegan) {
        Duration left = SHORTEST_PAUSE.minusNanos(ambient.nanos() - lastBegan);
        return left.compareTo(GATHERING) > 0 ? left : GATHERING;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private boolean register(boolean before) {
        try {
            NodeRegistration now = node.get();
            name = now.id().name();
            Optional<String> why = ailment.get();
            if (why.isPresent()) {
                LOG.log(Level.WARNING, "{0} does not say that it is up: {1}", name, why.get());
                return false;
            }
            registration.register(now);
            return true;
        } catch (RuntimeException e) {
            LOG.log(before ? Level.WARNING : Level.DEBUG, "{0} could not register: {1}", name, e.getMessage());
            return false;
        }
    }
}
