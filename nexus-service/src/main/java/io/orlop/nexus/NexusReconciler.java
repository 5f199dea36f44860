package io.orlop.nexus;

import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.loop.Outcome;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.SpecStatus;
import java.util.Optional;

/// Finishes what was promised of nexuses and not done, and mends what was done and is not there any more. Asks a node
/// only about what is not as it should be, as far as can be seen from here.
final class NexusReconciler implements Reconciler<NexusId> {
    private final Guards guards;
    private final NexusBook book;
    private final ClusterView view;
    private final NexusScope scope;
    private final NexusCreation creation;
    private final NexusChanges changes;
    private final NexusDeletion deletion;
    private final NexusMending mending;
    private final StrayNexuses strays;

    NexusReconciler(
            Guards guards,
            NexusBook book,
            ClusterView view,
            NexusScope scope,
            NexusCreation creation,
            NexusChanges changes,
            NexusDeletion deletion,
            NexusMending mending,
            StrayNexuses strays) {
        this.guards = guards;
        this.book = book;
        this.view = view;
        this.scope = scope;
        this.creation = creation;
        this.changes = changes;
        this.deletion = deletion;
        this.mending = mending;
        this.strays = strays;
    }

    @Override
    public Outcome reconcile(NexusId nexus) {
        return guards.reconcile(Guarded.of(nexus), () -> {
            Optional<Stored<NexusSpec>> present = book.find(nexus);
            if (present.isPresent()) return reconcile(present.get());
            mending.forget(nexus);
            return strays.reconcile(nexus);
        });
    }

    private Outcome reconcile(Stored<NexusSpec> present) {
        NexusSpec spec = present.value();
        if (!scope.amiss(spec)) return Outcome.settled();
        boolean toBeForgotten = spec.status() == SpecStatus.DELETING && deletion.isNowhere(spec);
        if (!toBeForgotten && !view.seen().online(spec.node())) {
            return Outcome.blocked("nexus %s is %s: its node %s is not online"
                    .formatted(spec.uuid(), NexusLifecycle.awaiting(spec), spec.node()));
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
