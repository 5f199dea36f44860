package io.orlop.volume;

import io.orlop.control.view.ClusterView;
import io.orlop.control.view.Observations;
import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Mandate;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Provision;
import io.orlop.wire.service.TargetChoice;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What others do for a volume, asked of them only while this copy is in office. What they answer is seen here at once:
/// who looks next finds what was changed.
///
/// A leader that is displaced notices by its own clock before another can lead, and asks for nothing more. What it has
/// asked for by then was promised in the store, where the next leader finds it, and asks for the same or takes it back.
/// A call that is still on its way then destroys no replica: it carries a [Mandate]. Whatever else it does is surplus
/// or missing afterwards, and healed.
final class Means {
    /// How long whoever asked for something waits until the store's watch has told of it.
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Pools pools;
    private final Nexuses nexuses;
    private final ClusterView view;
    private final Supplier<@Nullable Refusal> closed;

    /// @param closed why this copy may not ask for anything now; `null` if it may
    Means(Pools pools, Nexuses nexuses, ClusterView view, Supplier<@Nullable Refusal> closed) {
        this.pools = pools;
        this.nexuses = nexuses;
        this.view = view;
        this.closed = closed;
    }

    List<Replica> provision(Provision request) {
        requireOffice();
        long asked = seen().moment();
        List<Replica> owned = pools.provision(request);
        owned.forEach(replica -> seen(replica, asked));
        awaitKnown(owned.stream().map(Replica::uuid).toList());
        return owned;
    }

    Replica share(ReplicaId replica, List<String> hosts) {
        requireOffice();
        long asked = seen().moment();
        return seen(pools.shareReplica(replica, hosts), asked);
    }

    void unshare(ReplicaId replica) {
        requireOffice();
        long asked = seen().moment();
        try {
            seen(pools.unshareReplica(replica), asked);
        } catch (RefusalException refused) {
            if (!(refused.refusal() instanceof Refusal.NotShared)) throw refused;
        }
    }

    /// There is none when this returns, or none any more that anybody sees.
    ///
    /// @param mandate the volume, as it was when that was decided
    void delete(ReplicaId replica, Mandate mandate) {
        requireOffice();
        Doubt.unlessGone(() -> pools.deleteReplica(replica, mandate));
        awaitGone(replica);
    }

    NodeId chooseTarget(TargetChoice choice) {
        return nexuses.chooseTarget(choice);
    }

    void create(CreateNexusSpec request) {
        requireOffice();
        long asked = seen().moment();
        seen(nexuses.createNexus(request), asked);
    }

    /// @return the nexus as its node answered just now; `null` where it did not
    @Nullable
    NexusState publish(NexusId nexus, List<String> hosts) {
        requireOffice();
        long asked = seen().moment();
        return seen(nexuses.publish(nexus, hosts), asked).state();
    }

    void destroy(NexusId nexus, VolumeId owner) {
        requireOffice();
        Doubt.unlessGone(() -> nexuses.destroyNexus(nexus, owner));
    }

    void addChild(NexusId nexus, NexusChild child) {
        requireOffice();
        long asked = seen().moment();
        seen(nexuses.addChild(nexus, child), asked);
    }

    void removeChild(NexusId nexus, String uri) {
        requireOffice();
        long asked = seen().moment();
        seen(nexuses.removeChild(nexus, uri), asked);
    }

    Nexus nexus(NexusId nexus) {
        return nexuses.nexus(nexus);
    }

    private void requireOffice() {
        Refusal refusal = closed.get();
        if (refusal == null) return;
        throw new Refusal.Unavailable(refusal.problem(), "what was promised is finished by the leader; ask again")
                .exception();
    }

    private Observations seen() {
        return view.seen();
    }

    private Replica seen(Replica replica, long asked) {
        ReplicaState state = replica.state();
        if (state != null) seen().answered(new Fact.Replica(state), asked);
        return replica;
    }

    private Nexus seen(Nexus nexus, long asked) {
        NexusState state = nexus.state();
        if (state != null) seen().answered(new Fact.Nexus(state), asked);
        return nexus;
    }

    private void awaitKnown(Collection<ReplicaId> written) {
        try {
            view.replicas().awaitKnown(written, PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitGone(ReplicaId replica) {
        try {
            view.replicas()
                    .await(
                            () -> view.replicas()
                                    .value(replica)
                                    .map(ReplicaSpec::status)
                                    .filter(status -> status != SpecStatus.DELETING && status != SpecStatus.DELETED)
                                    .isEmpty(),
                            PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
