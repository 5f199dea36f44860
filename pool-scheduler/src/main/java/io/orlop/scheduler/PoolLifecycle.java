package io.orlop.scheduler;

import io.orlop.model.Differences;
import io.orlop.model.NodeSpec;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaSpec;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What may be done with a pool, and when.
final class PoolLifecycle {
    private PoolLifecycle() {}

    /// Asked for a pool that is there.
    ///
    /// @return why not, or `null`: its creation goes on
    static @Nullable Refusal creation(PoolSpec present, PoolSpec wanted) {
        List<String> disks = Disks.same(present.disks(), wanted.disks()) ? present.disks() : wanted.disks();
        String differences = Differences.text(
                present, new PoolSpec(wanted.id(), wanted.node(), disks, wanted.labels(), present.status()));
        return switch (present.status()) {
            case DELETING, DELETED ->
                new Refusal.Deleting("pool " + present.id() + " is being deleted", "ask again when it is gone");
            case CREATING, CREATED -> {
                if (!differences.isEmpty()) {
                    yield new Refusal.Differs(
                            "pool %s is there and is not what was asked for: %s".formatted(present.id(), differences),
                            "use another name, or ask for the same");
                }
                yield switch (present.status()) {
                    case CREATED ->
                        new Refusal.AlreadyExists(
                                "pool %s is there already, on node %s".formatted(present.id(), present.node()),
                                "use it");
                    case CREATING, DELETING, DELETED -> null;
                };
            }
        };
    }

    /// Asked for a new pool.
    static @Nullable Refusal creation(
            PoolSpec wanted, @Nullable NodeSpec node, boolean online, Collection<PoolSpec> others) {
        if (node == null) {
            return new Refusal.NotFound(
                    "there is no node %s for pool %s".formatted(wanted.node(), wanted.id()),
                    "start its agent, or name one of the nodes that registered");
        }
        if (!online) {
            return new Refusal.FailedPrecondition(
                    "node %s of pool %s is not online".formatted(wanted.node(), wanted.id()), "start its agent");
        }
        if (node.cordoned()) {
            return new Refusal.FailedPrecondition(
                    "node %s is cordoned: %s".formatted(wanted.node(), node.cordons()), "uncordon it, or use another");
        }
        for (PoolSpec other : others) {
            if (other.node().equals(wanted.node()) && Disks.same(other.disks(), wanted.disks())) {
                return new Refusal.InUse(
                        "%s of node %s belongs to pool %s".formatted(wanted.disks(), wanted.node(), other.id()),
                        "give pool %s another disk".formatted(wanted.id()));
            }
        }
        return null;
    }

    static @Nullable Refusal deletion(PoolSpec pool, List<ReplicaSpec> replicas, List<String> unknown) {
        if (!replicas.isEmpty()) {
            ReplicaSpec first = replicas.getFirst();
            String owner = first.owners().volume() == null
                    ? ""
                    : " of volume " + first.owners().volume();
            return new Refusal.InUse(
                    "pool %s holds %d replicas, such as %s%s"
                            .formatted(pool.id(), replicas.size(), first.uuid(), owner),
                    "delete them first");
        }
        if (!unknown.isEmpty()) {
            return new Refusal.InUse(
                    "pool %s holds replicas that nobody here knows: %s".formatted(pool.id(), unknown),
                    "delete them on node %s first, if nobody needs them".formatted(pool.node()));
        }
        return null;
    }
}
