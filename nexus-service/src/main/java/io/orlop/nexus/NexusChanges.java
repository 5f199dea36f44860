package io.orlop.nexus;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.Stored;
import io.orlop.model.Nexus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusOperation;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.Pending;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.nexus.mending.Kept;
import io.orlop.wire.agent.Agent;
import java.util.Optional;

/// Changes a nexus that is there: promise, node, outcome.
final class NexusChanges {
    private final Guards guards;
    private final NexusBook book;
    private final Hands hands;

    NexusChanges(Guards guards, NexusBook book, Hands hands) {
        this.guards = guards;
        this.book = book;
        this.hands = hands;
    }

    Nexus change(NexusId nexus, NexusOperation operation) {
        try (Guard _ = guards.acquire(Guarded.of(nexus))) {
            Stored<NexusSpec> present = settle(book.present(nexus));
            Refusal refusal = NexusLifecycle.change(present.value(), operation);
            if (refusal != null) throw refusal.exception();
            // What is promised already is asked of the node all the same, and needs no new promise.
            boolean promised = present.value().after(operation).equals(present.value());
            Stored<NexusSpec> dirty =
                    promised ? present : book.replace(present, present.value().promising(operation));
            NexusState state = attempt(dirty, operation);
            Stored<NexusSpec> kept = book.replace(dirty, dirty.value().after(operation));
            return new Nexus(nexus, kept.value(), state);
        }
    }

    /// Finds out what became of a pending operation, and writes it down. The guard is taken.
    Stored<NexusSpec> settle(Stored<NexusSpec> present) {
        NexusSpec spec = present.value();
        Pending<NexusOperation> pending = spec.operation();
        if (pending == null) return present;
        Optional<NexusState> there = hands.reported(spec);
        boolean kept = Kept.kept(pending.operation(), there.orElse(null));
        return book.replace(present, kept ? spec.after(pending.operation()) : spec.withoutOperation());
    }

    private NexusState attempt(Stored<NexusSpec> dirty, NexusOperation operation) {
        try {
            return call(hands.of(dirty.value()), dirty.value().uuid(), operation);
        } catch (RefusalException refused) {
            if (!refused.refusal().mayHaveHappened())
                book.replace(dirty, dirty.value().withoutOperation());
            RefusalException said =
                    operation instanceof NexusOperation.AddChild ? Lost.copy(dirty.value(), refused) : refused;
            throw Lost.nexus(dirty.value(), said);
        }
    }

    private NexusState call(Agent agent, NexusId nexus, NexusOperation operation) {
        return switch (operation) {
            case NexusOperation.Publish(var hosts) -> agent.publishNexus(nexus, ShareProtocol.NVMF, hosts);
            case NexusOperation.Unpublish() -> agent.unpublishNexus(nexus);
            case NexusOperation.AddChild(var child) -> addChild(agent, nexus, child.uri());
            case NexusOperation.RemoveChild(var uri) -> agent.removeChild(nexus, uri);
            case NexusOperation.Shutdown() -> agent.shutdownNexus(nexus);
        };
    }

    private static NexusState addChild(Agent agent, NexusId nexus, String uri) {
        try {
            return agent.addChild(nexus, uri, false);
        } catch (RefusalException refused) {
            if (!(refused.refusal() instanceof Refusal.AlreadyExists)) throw refused;
            return agent.nexuses().stream()
                    .filter(state -> state.uuid().equals(nexus))
                    .findFirst()
                    .orElseThrow(() -> refused);
        }
    }
}
