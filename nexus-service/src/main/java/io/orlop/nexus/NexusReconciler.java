package io.orlop.nexus;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.nexus.mending.Mend;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/// Finishes what was promised of nexuses and not done, and mends what was done and is not there any more.
final class NexusReconciler implements Reconciler<NexusId> {
    private static final Duration GUARDED = Duration.ofMillis(200);

    private final Guards guards;
    private final NexusBook book;
    private final Landscape landscape;
    private final NexusCreation creation;
    private final NexusChanges changes;
    private final NexusDeletion deletion;
    private final NexusMending mending;
    private final StrayNexuses strays;

    NexusReconciler(
            Guards guards,
            NexusBook book,
            Landscape landscape,
            NexusCreation creation,
            NexusChanges changes,
            NexusDeletion deletion,
            NexusMending mending,
            StrayNexuses strays) {
        this.guards = guards;
        this.book = book;
        this.landscape = landscape;
        this.creation = creation;
        this.changes = changes;
        this.deletion = deletion;
        this.mending = mending;
        this.strays = strays;
    }

    /// Those that are not as promised, as far as can be seen from here.
    Collection<NexusId> dirty() {
        Map<NexusId, NexusState> seen = new TreeMap<>();
        landscape.states().forEach(state -> seen.put(state.uuid(), state));
        var dirty = new TreeSet<>(seen.keySet());
        for (NexusSpec spec : book.all()) {
            dirty.remove(spec.uuid());
            boolean amiss =
                    landscape.online(spec.node()) && !(Mend.next(spec, seen.get(spec.uuid())) instanceof Mend.Nothing);
            if (spec.dirty() || amiss) dirty.add(spec.uuid());
        }
        return dirty;
    }

    @Override
    public Outcome reconcile(NexusId nexus) {
        Optional<Guard> guard = guards.tryAcquire(Guarded.of(nexus));
        if (guard.isEmpty()) return Outcome.again(GUARDED);
        try (Guard _ = guard.get()) {
            Optional<Stored<NexusSpec>> present = book.find(nexus);
            return present.isPresent() ? reconcile(present.get()) : strays.reconcile(nexus);
        }
    }

    private Outcome reconcile(Stored<NexusSpec> present) {
        NexusSpec spec = present.value();
        if (!landscape.online(spec.node())) {
            return spec.dirty()
                    ? Outcome.blocked("nexus %s: its node %s is not online".formatted(spec.uuid(), spec.node()))
                    : Outcome.settled();
        }
        return switch (spec.status()) {
            case CREATING -> {
                creation.resume(present);
                yield Outcome.settled();
            }
            case CREATED -> mending.mend(changes.settle(present));
            case DELETING, DELETED -> {
                deletion.resume(present);
                yield Outcome.settled();
            }
        };
    }
}
