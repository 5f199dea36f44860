package io.orlop.dataplane.agent;

import io.orlop.dataplane.nexus.Nexus;
import io.orlop.dataplane.nexus.NexusRequest;
import io.orlop.dataplane.nexus.Surroundings;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.wire.agent.CreateNexus;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;

/// The nexuses of a node.
final class Nexuses {
    private final Surroundings surroundings;
    private final ConcurrentSkipListMap<NexusId, Nexus> nexuses = new ConcurrentSkipListMap<>();
    private final Claims claims = new Claims();

    Nexuses(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /// Moves with the progress of rebuilds.
    long drift() {
        return nexuses.values().stream().mapToLong(Nexus::progress).sum();
    }

    List<NexusState> states() {
        return nexuses.values().stream().map(Nexus::state).toList();
    }

    NexusState create(CreateNexus request) {
        try (Claims.Held _ = claims.nexus(request)) {
            nexuses.values().forEach(other -> refuseIfInTheWay(request, other));
            Nexus nexus = Nexus.create(
                    new NexusRequest(
                            request.nexus(),
                            request.name(),
                            request.size().count(),
                            request.nvmf(),
                            request.children(),
                            request.infoKey()),
                    surroundings);
            nexuses.put(request.nexus(), nexus);
            surroundings.changed().run();
            return nexus.state();
        }
    }

    private static void refuseIfInTheWay(CreateNexus request, Nexus other) {
        NexusState state = other.state();
        if (state.name().equals(request.name())) {
            throw new Refusal.AlreadyExists(
                            "nexus '%s' exists as %s".formatted(state.name(), state.uuid()),
                            "use it, or destroy it first")
                    .exception();
        }
        if (state.uuid().equals(request.nexus())) {
            throw new Refusal.Differs(
                            "nexus %s exists by the name '%s'".formatted(state.uuid(), state.name()),
                            "choose another uuid")
                    .exception();
        }
        request.children().forEach(uri -> refuseIfChildOf(other, uri));
    }

    /// Two nexuses would each take the copy for theirs, by whatever URI it is named.
    private static void refuseIfChildOf(Nexus other, String uri) {
        if (ReplicaId.behind(uri).filter(other::has).isEmpty()) return;
        throw new Refusal.Invalid(
                        "child '%s' is one of nexus '%s'".formatted(uri, other.name()),
                        "destroy that nexus first, or name another replica")
                .exception();
    }

    NexusState addChild(NexusId uuid, String uri, boolean withoutRebuild) {
        try (Claims.Held _ = claims.child(uri)) {
            Nexus nexus = at(uuid);
            for (Nexus other : nexuses.values()) if (other != nexus) refuseIfChildOf(other, uri);
            nexus.addChild(uri, withoutRebuild);
            return nexus.state();
        }
    }

    /// Its blocks may not go away under hosts that write to them.
    void refuseIfUsed(ReplicaId replica) {
        if (claims.has(replica)) {
            throw new Refusal.InUse(
                            "replica %s is about to become a nexus's child".formatted(replica),
                            "wait until that has ended, and look again")
                    .exception();
        }
        for (Nexus nexus : nexuses.values()) {
            if (!nexus.uses(replica)) continue;
            throw new Refusal.InUse(
                            "replica %s is a child of nexus '%s'".formatted(replica, nexus.name()),
                            "remove it from the nexus, or destroy the nexus first")
                    .exception();
        }
    }

    Nexus at(NexusId uuid) {
        Nexus nexus = nexuses.get(uuid);
        if (nexus != null) return nexus;
        throw new Refusal.NotFound(
                        "nexus %s is not on node '%s'".formatted(uuid, surroundings.node()), "list the node's nexuses")
                .exception();
    }

    void destroy(NexusId uuid) {
        Nexus nexus = at(uuid);
        nexus.shutdown();
        nexuses.remove(uuid, nexus);
        surroundings.changed().run();
    }

    void close() {
        nexuses.values().forEach(Nexus::shutdown);
        nexuses.clear();
    }

    void abandon() {
        nexuses.values().forEach(Nexus::abandon);
    }
}
