package io.orlop.nexus;

import io.orlop.control.view.ClusterView;
import io.orlop.model.NexusChild;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.orlop.nexus.children.ChildCandidate;
import java.util.Optional;

/// The copies that a nexus was promised, as they can be reached now: a replica's address may be another since its node
/// was started again.
final class Copies {
    private final ClusterView view;

    Copies(ClusterView view) {
        this.view = view;
    }

    /// @param node where the nexus runs
    ChildCandidate candidate(NodeId node, NexusChild child) {
        return switch (child) {
            case NexusChild.Uri _ -> ChildCandidate.here(child);
            case NexusChild.Replica(ReplicaId replica, var _) ->
                online(replica).map(state -> candidate(node, child, state)).orElseGet(() -> {
                    return ChildCandidate.away(child, whyAway(replica));
                });
        };
    }

    private Optional<ReplicaState> online(ReplicaId replica) {
        return view.seen().replica(replica).stream()
                .filter(state -> state.status() == ReplicaStatus.ONLINE)
                .findFirst();
    }

    private static ChildCandidate candidate(NodeId node, NexusChild child, ReplicaState state) {
        if (state.node().equals(node)) return here(state, state.localUri());
        return state.share() == ShareProtocol.NVMF
                ? here(state, state.uri())
                : ChildCandidate.away(child, "%s does not share it".formatted(state.node()));
    }

    private static ChildCandidate here(ReplicaState state, String uri) {
        return ChildCandidate.here(new NexusChild.Replica(state.uuid(), uri));
    }

    private String whyAway(ReplicaId replica) {
        Optional<NodeId> home = view.replicas().value(replica).map(ReplicaSpec::node);
        if (home.isEmpty()) return "no node that is online reports it";
        return view.seen().online(home.get())
                ? "%s does not report it online".formatted(home.get())
                : "its node %s is not online".formatted(home.get());
    }
}
