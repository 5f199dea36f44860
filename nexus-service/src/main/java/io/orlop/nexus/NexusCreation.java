package io.orlop.nexus;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.NexusInfoKey;
import io.orlop.control.keyspace.NexusInfos;
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
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Makes a nexus of the copies that can be trusted.
///
/// ```
///   NexusInfo of the one before ──► which copies ──► NexusSpec(Creating) ──► node ──► NexusSpec(Created)
/// ```
///
/// The promise names the copies that were chosen, so that whoever finds it has nothing left to choose. After an unclean
/// end that is one copy; where it cannot be opened, the next whole one is promised and tried.
final class NexusCreation {
    private final Guards guards;
    private final NexusBook book;
    private final NexusInfos infos;
    private final Wanted wanted;
    private final Hands hands;
    private final Targets targets;

    NexusCreation(Guards guards, NexusBook book, NexusInfos infos, Wanted wanted, Hands hands, Targets targets) {
        this.targets = targets;
        this.guards = guards;
        this.book = book;
        this.infos = infos;
        this.wanted = wanted;
        this.hands = hands;
    }

    Nexus create(CreateNexusSpec request) {
        try (Guard _ = guards.acquire(Guarded.of(request.nexus()))) {
            Optional<Stored<NexusSpec>> present = book.find(request.nexus());
            if (present.isEmpty()) {
                targets.requireKnown(request.shape().node());
                return attempt(book.create(promise(request, chosen(request, null))), request);
            }

            Stored<NexusSpec> found = present.get();
            Refusal refusal = NexusLifecycle.creation(found.value(), request);
            if (refusal != null) throw refusal.exception();
            Optional<NexusState> there = hands.reported(found.value());
            if (found.value().status() == SpecStatus.CREATED) {
                return new Nexus(request.nexus(), found.value(), there.orElse(null));
            }
            if (there.isPresent()) return keep(found, there.get());
            // Nothing was built yet, and the copies may be others than when it was promised.
            return attempt(book.replace(found, promise(request, chosen(request, alone(found.value())))), request);
        }
    }

    /// Finishes a promise, on behalf of whoever made it. The guard is taken.
    void resume(Stored<NexusSpec> promised) {
        NexusSpec spec = promised.value();
        Optional<NexusState> there = hands.reported(spec);
        if (there.isPresent()) keep(promised, there.get());
        else if (spec.owner() == null || wanted.by(spec.owner(), spec.uuid())) attempt(promised, null);
        // The volume is served by another since, or is gone, and nothing was built.
        else book.remove(promised);
    }

    /// @param request chooses another copy where the one that was chosen cannot be opened; `null` to choose nothing
    /// anew
    private Nexus attempt(Stored<NexusSpec> promised, @Nullable CreateNexusSpec request) {
        Stored<NexusSpec> at = promised;
        Map<String, String> unopened = new TreeMap<>();
        while (true) {
            NexusSpec spec = at.value();
            NexusState built;
            try {
                built = hands.of(spec).createNexus(order(spec));
            } catch (RefusalException refused) {
                if (refused.refusal().mayHaveHappened()) throw refused;
                Optional<NexusState> there = hands.reported(spec);
                if (there.isEmpty()) {
                    List<NexusChild> others = others(spec, request, refused, unopened);
                    if (others.isEmpty()) {
                        book.remove(at);
                        throw Lost.copy(spec, refused);
                    }
                    at = book.replace(at, spec.withChildren(others));
                    continue;
                }
                built = there.get();
            }
            return keep(at, built);
        }
    }

    /// The copy to use instead of the one that could not be opened, or none. Where several are used together they are
    /// the caller's to choose again: which of them was lost the node does not say.
    private List<NexusChild> others(
            NexusSpec spec, @Nullable CreateNexusSpec request, RefusalException refused, Map<String, String> unopened) {
        String tried = alone(spec);
        if (request == null || tried == null || !(refused.refusal() instanceof Refusal.Invalid unopenable)) {
            return List.of();
        }
        // It was built after all, and who writes may have served.
        if (infos.read(NexusInfoKey.of(spec.owner(), spec.uuid())).isPresent()) return List.of();
        unopened.put(tried, unopenable.problem());
        return switch (decision(request, null, unopened)) {
            case ChildDecision.Use(List<NexusChild> children) -> children;
            case ChildDecision.None _ -> List.of();
        };
    }

    private static @Nullable String alone(NexusSpec spec) {
        return spec.children().size() == 1 ? spec.children().getFirst().uri() : null;
    }

    private Nexus keep(Stored<NexusSpec> promised, NexusState built) {
        NexusSpec spec = promised.value();
        if (!built.name().equals(spec.name()) || !built.size().equals(spec.size())) {
            throw new Refusal.Differs(
                            "%s has a nexus %s already, named %s with %s"
                                    .formatted(spec.node(), spec.uuid(), built.name(), built.size()),
                            "destroy it there, or use another id")
                    .exception();
        }
        Stored<NexusSpec> kept = book.replace(
                promised, spec.withChildren(NamedChild.of(spec, built)).withStatus(SpecStatus.CREATED));
        return new Nexus(spec.uuid(), kept.value(), built);
    }

    /// @param tried the copy that was tried before, in vain as it seems: another has its turn first
    private List<NexusChild> chosen(CreateNexusSpec request, @Nullable String tried) {
        return switch (decision(request, tried, Map.of())) {
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

    private ChildDecision decision(CreateNexusSpec request, @Nullable String tried, Map<String, String> unopened) {
        NexusInfo before = request.previous() == null
                ? null
                : infos.require(NexusInfoKey.of(request.shape().owner(), request.previous()));
        return ChildPolicy.decide(
                request.children().stream()
                        .map(child -> new ChildCandidate(
                                child, unopened.get(child.uri()), child.uri().equals(tried) ? 1 : 0))
                        .toList(),
                before);
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
