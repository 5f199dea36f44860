package io.orlop.nexus;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.loop.Grace;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusInfo;
import java.time.Duration;
import java.util.Iterator;
import java.util.Optional;

/// Removes what nexuses wrote of their children once nobody can need it: the nexus is gone, and so is its volume, or it
/// was served by another since.
///
/// ```
///   nexus serves ──► destroyed ──► needed, to build the next ──┬── the next serves ──────┬──► removed
///                                                              └── the volume is deleted ┘
/// ```
///
/// A nexus writes before it is seen, so nothing is removed that looked needless for a short while only.
final class InfoSweep implements Reconciler<NexusInfoKey>, Scope<NexusInfoKey> {
    private final Keyspace keyspace;
    private final ClusterView view;
    private final Wanted wanted;
    private final FencedWriter writer;
    private final Grace<NexusInfoKey> grace;

    /// @param grace longer than it takes until a new nexus is seen
    InfoSweep(Keyspace keyspace, ClusterView view, Wanted wanted, FencedWriter writer, Grace<NexusInfoKey> grace) {
        this.keyspace = keyspace;
        this.view = view;
        this.wanted = wanted;
        this.writer = writer;
        this.grace = grace;
    }

    @Override
    public Iterator<NexusInfoKey> ids() {
        return view.infos().ids();
    }

    /// Whether it looks needless from here.
    @Override
    public boolean amiss(NexusInfoKey key) {
        return view.infos().get(key).isPresent()
                && view.nexuses().get(key.nexus()).isEmpty()
                && view.seen().nexus(key.nexus()).isEmpty()
                && view.volumes()
                        .value(key.volume())
                        .filter(volume -> Wanted.needsRecord(volume, key.nexus()))
                        .isEmpty();
    }

    @Override
    public Outcome reconcile(NexusInfoKey key) {
        Optional<Stored<NexusInfo>> written = view.infos().get(key);
        if (written.isEmpty() || !amiss(key)) {
            grace.forget(key);
            return Outcome.settled();
        }
        Duration left = grace.left(key);
        if (left.isPositive()) return Outcome.again(left);
        grace.forget(key);
        boolean needed =
                keyspace.get(view.nexuses().key(key.nexus())).isPresent() || wanted.recordBy(key.volume(), key.nexus());
        if (!needed) writer.commit(new Writes().remove(view.infos(), key, written.get()));
        return Outcome.settled();
    }
}
