package io.orlop.dataplane.agent;

import io.orlop.model.NodeRegistration;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.service.Registration;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;

/// Tells the control plane every five seconds that the node lives; a time that failed is made up for by the next. Until
/// it was heard for the first time it tries more often: whoever starts both together does not want to wait.
public final class Heartbeat {
    private static final Logger LOG = System.getLogger(Heartbeat.class.getName());
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    private final NodeRegistration node;
    private final Registration registration;
    private final Ambient ambient;
    private final Signal stop;
    private volatile boolean stopped;

    public Heartbeat(NodeRegistration node, Registration registration, Ambient ambient) {
        this.node = node;
        this.registration = registration;
        this.ambient = ambient;
        this.stop = ambient.signal();
    }

    public void start() {
        ambient.start("heartbeat", this::run);
    }

    /// Falls silent, as if the process had died.
    public void stop() {
        stopped = true;
        stop.raise();
    }

    /// Says that the node leaves.
    public void leave() {
        stop();
        try {
            registration.deregister(node.id());
        } catch (RefusalException e) {
            LOG.log(Level.INFO, "{0} left without a word: {1}", node.id(), e.getMessage());
        }
    }

    private void run() {
        boolean known = false;
        Duration pause = FIRST_PAUSE;
        try {
            while (!stopped) {
                boolean before = known;
                known = register(known);
                if (known && !before) LOG.log(Level.INFO, "{0} is registered", node.id());
                if (known) pause = PERIOD;
                stop.await(pause);
                pause = shorter(pause.multipliedBy(2), PERIOD);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private boolean register(boolean before) {
        try {
            registration.register(node);
            return true;
        } catch (RuntimeException e) {
            if (before) LOG.log(Level.WARNING, "{0} could not register: {1}", node.id(), e.getMessage());
            else LOG.log(Level.DEBUG, "{0} could not register: {1}", node.id(), e.getMessage());
            return false;
        }
    }
}
