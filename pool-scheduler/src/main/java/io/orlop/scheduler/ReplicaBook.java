package io.orlop.scheduler;

import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.Writes;
import io.orlop.control.view.ClusterView;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.SpecStatus;
import io.orlop.wire.service.Mandate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The promises about replicas, and how they are written: those that belong together in one transaction.
final class ReplicaBook {
    private final ClusterView view;
    private final FencedWriter writer;

    ReplicaBook(ClusterView view, FencedWriter writer) {
        this.view = view;
        this.writer = writer;
    }

    Optional<Stored<ReplicaSpec>> find(ReplicaId replica) {
        return table().get(replica);
    }

    /// @throws io.orlop.model.RefusalException NotFound for one that is not there or on its way out
    Stored<ReplicaSpec> present(ReplicaId replica) {
        return find(replica).filter(found -> visible(found.value())).orElseThrow(() -> new Refusal.NotFound(
                        "there is no replica " + replica, "list the replicas")
                .exception());
    }

    static boolean visible(ReplicaSpec replica) {
        return switch (replica.status()) {
            case CREATING, CREATED -> true;
            case DELETING, DELETED -> false;
        };
    }

    /// Insists that their pools are as they were when they were chosen.
    void promise(List<ReplicaSpec> replicas) {
        var writes = new Writes();
        var pools = new TreeSet<PoolId>();
        for (ReplicaSpec replica : replicas) {
            writes.create(table(), replica.uuid(), replica);
            pools.add(replica.pool());
        }
        for (PoolId pool : pools) {
            Stored<PoolSpec> chosen = view.pools()
                    .get(pool)
                    .filter(found -> found.value().status() == SpecStatus.CREATED)
                    .orElseThrow(() ->
                            new Refusal.Conflict("pool " + pool + " has just been deleted", "try again").exception());
            writes.require(view.pools(), pool, chosen);
        }
        writer.commit(writes);
    }

    void write(Collection<ReplicaId> replicas, SpecStatus status) {
        if (replicas.isEmpty()) return;
        var writes = new Writes();
        for (ReplicaId replica : replicas) {
            Stored<ReplicaSpec> seen = seen(replica);
            writes.replace(table(), replica, seen, seen.value().withStatus(status));
        }
        writer.commit(writes);
    }

    void replace(Stored<ReplicaSpec> seen, ReplicaSpec spec) {
        writer.commit(new Writes().replace(table(), spec.uuid(), seen, spec));
    }

    void remove(Collection<ReplicaId> replicas) {
        if (replicas.isEmpty()) return;
        var writes = new Writes();
        for (ReplicaId replica : replicas) writes.remove(table(), replica, seen(replica));
        writer.commit(writes);
    }

    /// Promises the end of a replica, if its volume is still as it was when that was decided, and so are the copies
    /// that stay.
    void end(Stored<ReplicaSpec> seen, @Nullable Mandate mandate) {
        ReplicaSpec replica = seen.value();
        var writes = new Writes().replace(table(), replica.uuid(), seen, replica.withStatus(SpecStatus.DELETING));
        if (mandate != null) {
            writes.require(view.volumes(), mandate.volume(), mandate.revision());
            for (ReplicaId staying : mandate.staying()) writes.require(table(), staying, staying(staying));
        }
        writer.commit(writes);
    }

    private Stored<ReplicaSpec> staying(ReplicaId replica) {
        return find(replica)
                .filter(found -> found.value().status() == SpecStatus.CREATED)
                .orElseThrow(() -> new Refusal.Conflict(
                                "replica %s, which was to stay, is going, too".formatted(replica), "look again")
                        .exception());
    }

    private Stored<ReplicaSpec> seen(ReplicaId replica) {
        return find(replica)
                .orElseThrow(() ->
                        new Refusal.Conflict("replica " + replica + " has just been deleted", "try again").exception());
    }

    private Table<ReplicaId, ReplicaSpec> table() {
        return view.replicas();
    }
}
