package io.orlop.nexus;

import io.orlop.model.NexusSpec;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// What a node says of things that it has just lost, or not lost yet, as it concerns whoever asked for a volume: they
/// chose neither its copies nor its nexus, and it passes.
final class Lost {
    private Lost() {}

    /// Copies were chosen here, by what was known, and the engine takes one that it cannot open for a bad
    /// argument. So was the name, which is the volume's, and the engine may still have what served the volume
    /// before: it was away when that was destroyed, or a call that was given up came late.
    static RefusalException copy(NexusSpec spec, RefusalException refused) {
        if (spec.owner() == null) return refused;
        return switch (refused.refusal()) {
            case Refusal.Invalid unopened ->
                new Refusal.FailedPrecondition(unopened.problem(), "a node was just lost; try again in a few seconds")
                        .exception();
            case Refusal.AlreadyExists before ->
                new Refusal.FailedPrecondition(
                                "node %s still has what served the volume before: %s"
                                        .formatted(spec.node(), before.problem()),
                                "it is being taken away; try again in a few seconds, or publish it elsewhere")
                        .exception();
            default -> refused;
        };
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
