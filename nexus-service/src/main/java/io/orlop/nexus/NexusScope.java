package io.orlop.nexus;

import io.orlop.control.loop.Scope;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.nexus.mending.Mend;
import java.util.Iterator;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// The nexuses that were promised, and those that nobody promised and that are there all the same.
final class NexusScope implements Scope<NexusId> {
    private final ClusterView view;
    private final StrayNexuses strays;

    NexusScope(ClusterView view, StrayNexuses strays) {
        this.view = view;
        this.strays = strays;
    }

    @Override
    public Iterator<NexusId> ids() {
        Iterable<NexusId> promised = view.nexuses()::ids;
        return Stream.concat(
                        StreamSupport.stream(promised.spliterator(), false),
                        view.seen().nexuses(null).map(NexusState::uuid).filter(this::unpromised))
                .iterator();
    }

    private boolean unpromised(NexusId nexus) {
        return view.nexuses().get(nexus).isEmpty();
    }

    @Override
    public boolean amiss(NexusId nexus) {
        Optional<NexusSpec> promised = view.nexuses().value(nexus);
        return promised.isPresent() ? amiss(promised.get()) : strays.suspects(nexus);
    }

    /// What a node that is away has is not known, and nobody can change it.
    boolean amiss(NexusSpec spec) {
        if (spec.dirty()) return true;
        return view.seen().online(spec.node())
                && !(Mend.next(spec, view.state(spec).orElse(null)) instanceof Mend.Nothing);
    }
}
