package io.orlop.scheduler;

import io.orlop.control.view.Observations;
import io.orlop.model.AllowedHost;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.service.Fact;
import java.util.List;
import java.util.Optional;

/// What nodes do for replicas. Where an answer leaves open what is true, the node is asked what it has.
final class ReplicaHands {
    private final Agents agents;
    private final Observations seen;

    ReplicaHands(Agents agents, Observations seen) {
        this.agents = agents;
        this.seen = seen;
    }

    Attempt<ReplicaState> create(ReplicaSpec replica) {
        return unlessNotLoaded(
                replica,
                Attempt.of(() -> at(replica)
                                .createReplica(new CreateReplica(
                                        replica.uuid(),
                                        replica.name(),
                                        replica.pool(),
                                        replica.size(),
                                        replica.thin(),
                                        replica.share(),
                                        replica.hosts())))
                        .settled(() -> find(replica.uuid(), replica.node()), state -> judge(replica, state)));
    }

    /// There is none when this is done.
    Attempt<ReplicaSpec> destroy(ReplicaSpec replica) {
        return switch (destroy(replica.uuid(), replica.node(), replica.pool())) {
            case Attempt.Done<ReplicaId> done -> new Attempt.Done<>(replica);
            case Attempt.Refused<ReplicaId>(Refusal said) -> new Attempt.Refused<>(said);
            case Attempt.Unclear<ReplicaId>(Refusal said) -> new Attempt.Unclear<>(said);
        };
    }

    /// The same for one that has no spec.
    Attempt<ReplicaId> destroy(ReplicaId replica, NodeId node, PoolId pool) {
        Attempt<ReplicaId> attempt = Attempt.of(() -> {
            agents.at(node).destroyReplica(replica, pool);
            return replica;
        });
        return attempt instanceof Attempt.Refused<ReplicaId>(Refusal.NotFound gone)
                ? new Attempt.Done<>(replica)
                : attempt;
    }

    /// Sharing and unsharing say how it shall be, so that doing them twice does no harm.
    Attempt<ReplicaState> carryOut(ReplicaSpec replica, ReplicaOperation operation) {
        return unlessNotLoaded(replica, Attempt.of(() -> switch (operation) {
            case ReplicaOperation.Share(List<AllowedHost> hosts) -> at(replica).shareReplica(replica.uuid(), hosts);
            case ReplicaOperation.Unshare() -> at(replica).unshareReplica(replica.uuid());
        }));
    }

    /// A node that was just started has not loaded its pools, and finds nothing of what is in them. Whoever asked knows
    /// that it exists.
    private static Attempt<ReplicaState> unlessNotLoaded(ReplicaSpec replica, Attempt<ReplicaState> attempt) {
        return attempt instanceof Attempt.Refused<ReplicaState>(Refusal.NotFound missing)
                ? new Attempt.Refused<>(new Refusal.FailedPrecondition(
                        missing.problem(),
                        "node %s may have been started just now: try again when it has loaded pool %s"
                                .formatted(replica.node(), replica.pool())))
                : attempt;
    }

    /// What would make the node's replica as it was promised, if it is not.
    static Optional<ReplicaOperation> drift(ReplicaSpec promised, ReplicaState reported) {
        boolean shared = reported.share() == ShareProtocol.NVMF;
        return switch (promised.share()) {
            case NVMF ->
                shared && sorted(reported.hosts()).equals(sorted(names(promised.hosts())))
                        ? Optional.empty()
                        : Optional.of(new ReplicaOperation.Share(promised.hosts()));
            case NONE -> shared ? Optional.of(new ReplicaOperation.Unshare()) : Optional.empty();
            case ISCSI -> Optional.empty();
        };
    }

    private Attempt<ReplicaState> judge(ReplicaSpec replica, ReplicaState found) {
        if (!found.pool().equals(replica.pool())
                || found.thin() != replica.thin()
                || !found.size().atLeast(replica.size())) {
            return new Attempt.Refused<>(new Refusal.Differs(
                    "node %s has a replica %s of %s in pool %s"
                            .formatted(replica.node(), replica.uuid(), found.size(), found.pool()),
                    "use another uuid"));
        }
        seen.answered(new Fact.Replica(found));
        return new Attempt.Done<>(found);
    }

    /// What the node has of it, by its own word.
    Attempt<Optional<ReplicaState>> look(ReplicaId replica, NodeId node) {
        return Attempt.of(() -> find(replica, node));
    }

    private Optional<ReplicaState> find(ReplicaId replica, NodeId node) {
        return agents.at(node).replicas().stream()
                .filter(state -> state.uuid().equals(replica))
                .findFirst();
    }

    private Agent at(ReplicaSpec replica) {
        return agents.at(replica.node());
    }

    private static List<String> names(List<AllowedHost> hosts) {
        return hosts.stream().map(AllowedHost::nqn).toList();
    }

    private static List<String> sorted(List<String> hosts) {
        return hosts.stream().sorted().toList();
    }
}
