package io.orlop.nexus;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.table.Stored;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.nexus.children.ChildCandidate;
import io.orlop.nexus.children.ChildDecision;
import io.orlop.nexus.children.ChildPolicy;
import io.orlop.nexus.mending.NamedChild;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.service.CreateNexusSpec;
import java.util.List;
import java.util.Optional;

/// Makes a nexus of the copies that can be trusted.
///
/// ```
///   NexusInfo of the one before ──► which copies ──► NexusSpec(Creating) ──► node ──► NexusSpec(Created)
/// ```
///
/// The promise names the copies that were chosen, so that whoever finds it has nothing left to choose.
final class NexusCreation {
    private final Guards guards;
    private final NexusBook book;
    private final NexusInfos infos;
    private final Hands hands;

    NexusCreation(Guards guards, NexusBook book, NexusInfos infos, Hands hands) {
        this.guards = guards;
        this.book = book;
        this.infos = infos;
        this.hands = hands;
    }

    Nexus create(CreateNexusSpec request) {
        try (Guard _ = guards.acquire(Guarded.of(request.nexus()))) {
            Optional<Stored<NexusSpec>> present = book.find(request.nexus());
            if (present.isEmpty()) return attempt(book.create(promise(request, chosen(request))));

            Stored<NexusSpec> found = present.get();
            Refusal refusal = NexusLifecycle.creation(found.value(), request);
            if (refusal != null) throw refusal.exception();
            Optional<NexusState> there = hands.reported(found.value());
            if (found.value().status() == SpecStatus.CREATED) {
                return new Nexus(request.nexus(), found.value(), there.orElse(null));
            }
            if (there.isPresent()) return keep(found, there.get());
            // Nothing was built yet, and the copies may be others than when it was promised.
            return attempt(book.replace(found, promise(request, chosen(request))));
        }
    }

    /// Finishes a promise, on behalf of whoever made it. The guard is taken.
    Nexus resume(Stored<NexusSpec> promised) {
        Optional<NexusState> there = hands.reported(promised.value());
        return there.isPresent() ? keep(promised, there.get()) : attempt(promised);
    }

    private Nexus attempt(Stored<NexusSpec> promised) {
        NexusState built;
        try {
            built = hands.of(promised.value()).createNexus(order(promised.value()));
        } catch (RefusalException refused) {
            if (refused.refusal().mayHaveHappened()) throw refused;
            Optional<NexusState> there = hands.reported(promised.value());
            if (there.isEmpty()) {
                book.remove(promised);
                throw passing(promised.value(), refused);
            }
            built = there.get();
        }
        return keep(promised, built);
    }

    /// The engine takes a copy that it cannot open for a bad argument. A volume's copies were chosen here, by what was
    /// known: one of them was lost a moment ago, and the user did nothing wrong.
    private static RefusalException passing(NexusSpec spec, RefusalException refused) {
        return spec.owner() != null && refused.refusal() instanceof Refusal.Invalid unopened
                ? new Refusal.FailedPrecondition(unopened.problem(), "a node was just lost; try again in a few seconds")
                        .exception()
                : refused;
    }

    private Nexus keep(Stored<NexusSpec> promised, NexusState built) {
        NexusSpec spec = promised.value();
        if (!built.name().equals(spec.name()) || !built.size().equals(spec.size())) {
            throw new Refusal.Conflict(
                            "%s has a nexus %s already, named %s with %s"
                                    .formatted(spec.node(), spec.uuid(), built.name(), built.size()),
                            "destroy it there, or use another id")
                    .exception();
        }
        Stored<NexusSpec> kept = book.replace(
                promised, spec.withChildren(NamedChild.of(spec, built)).withStatus(SpecStatus.CREATED));
        return new Nexus(spec.uuid(), kept.value(), built);
    }

    private List<NexusChild> chosen(CreateNexusSpec request) {
        NexusInfo before = request.previous() == null
                ? null
                : infos.require(NexusInfoKey.of(request.shape().owner(), request.previous()));
        List<ChildCandidate> candidates = request.children().stream()
                .map(child -> new ChildCandidate(child, true))
                .toList();
        return switch (ChildPolicy.decide(candidates, before)) {
            case ChildDecision.Use(List<NexusChild> children) -> children;
            case ChildDecision.None(String why) ->
                throw new Refusal.FailedPrecondition(
                                "nexus %s for %s has no copy to use (%s)"
                                        .formatted(
                                                request.nexus(), request.shape().name(), why),
                                "bring back a node with a complete copy")
                        .exception();
        };
    }

    private static NexusSpec promise(CreateNexusSpec request, List<NexusChild> children) {
        return NexusSpec.promised(request.nexus(), request.shape(), children);
    }

    /// What the node is told, the first time and whenever it has forgotten.
    CreateNexus order(NexusSpec spec) {
        return new CreateNexus(
                spec.uuid(),
                spec.name(),
                spec.size(),
                spec.shape().nvmf(),
                spec.children().stream().map(NexusChild::uri).toList(),
                infos.key(NexusInfoKey.of(spec.owner(), spec.uuid())));
    }
}
