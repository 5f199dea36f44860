package io.orlop.nexus;

import io.orlop.model.NexusSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// What a node says of things that it has just lost, as it concerns whoever asked for a volume: they chose neither its
/// copies nor its nexus, and it passes.
final class Lost {
    private Lost() {}

    /// The engine takes a copy that it cannot open for a bad argument. Copies were chosen here, by what was known.
    static RefusalException copy(NexusSpec spec, RefusalException refused) {
        return spec.owner() != null && refused.refusal() instanceof Refusal.Invalid unopened
                ? new Refusal.FailedPrecondition(unopened.problem(), "a node was just lost; try again in a few seconds")
                        .exception()
                : refused;
    }

    /// A node that was started again does not find what it had, which is promised and is made anew.
    static RefusalException nexus(NexusSpec spec, RefusalException refused) {
        return refused.refusal() instanceof Refusal.NotFound forgotten
                ? new Refusal.FailedPrecondition(
                                "node %s has just lost it: %s".formatted(spec.node(), forgotten.problem()),
                                "it is being made anew; try again in a few seconds")
                        .exception()
                : refused;
    }
}
