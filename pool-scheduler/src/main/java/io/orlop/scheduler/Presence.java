package io.orlop.scheduler;

import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SightListener;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Whether a node is there. Who has just registered is heard of a moment later: before somebody is told that a node is
/// not there, that moment is waited for.
final class Presence implements SightListener {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final ClusterView view;
    private final List<Signal> waiting = new CopyOnWriteArrayList<>();

    Presence(Ambient ambient, ClusterView view) {
        this.ambient = ambient;
        this.view = view;
        view.seen().listen(this);
        view.nodes().listen(_ -> stir());
    }

    /// Waits a little for this node.
    ///
    /// @return whether it is registered and online
    boolean await(NodeId node) {
        if (there(node)) return true;
        Signal news = ambient.signal();
        waiting.add(news);
        try {
            long deadline = ambient.nanos() + PATIENCE.toNanos();
            for (long left = PATIENCE.toNanos(); left > 0 && !there(node); left = deadline - ambient.nanos()) {
                news.await(Duration.ofNanos(left));
            }
            return there(node);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new Refusal.Aborted("waiting for node " + node + " was interrupted", "try again").exception();
        } finally {
            waiting.remove(news);
        }
    }

    @Override
    public void node(NodeId node) {
        stir();
    }

    private boolean there(NodeId node) {
        return view.seen().online(node) && view.nodes().get(node).isPresent();
    }

    private void stir() {
        waiting.forEach(Signal::raise);
    }
}
