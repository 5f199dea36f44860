package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.ReplicaId;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One copy of a nexus. Its condition changes only while no I/O runs (see [Mirror#alone]).
final class Child {
    /// @param epoch which change of the nexus made it so; no two have the same
    record Standing(Condition condition, long epoch) {}

    final String uri;
    final ReplicaId uuid;
    private volatile Standing standing;

    Child(String uri, ReplicaId uuid, Condition condition, long epoch) {
        this.uri = uri;
        this.uuid = uuid;
        this.standing = new Standing(condition, epoch);
    }

    Standing standing() {
        return standing;
    }

    Condition condition() {
        return standing.condition;
    }

    long epoch() {
        return standing.epoch;
    }

    void become(Condition next, long epoch) {
        Standing now = standing;
        assert now.condition.mayBecome(next) : uri + " was " + now.condition + " and became " + next;
        assert epoch > now.epoch : "epoch " + epoch + " after " + now.epoch;
        standing = new Standing(next, epoch);
    }

    boolean synced() {
        return condition() instanceof Condition.Synced;
    }

    boolean outOfSync() {
        return condition() instanceof Condition.OutOfSync;
    }

    boolean local() {
        return uri.startsWith("bdev:");
    }

    Optional<BlockDevice> device() {
        return condition().device();
    }

    /// In the words of the API.
    ChildState state(@Nullable Integer rebuildPercent) {
        return switch (condition()) {
            case Condition.Synced _ -> new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null);
            case Condition.OutOfSync _ ->
                new ChildState(uri, ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, rebuildPercent, null);
            case Condition.Faulted(ChildReason reason, boolean recoverable, Instant since) -> {
                boolean soft = reason == ChildReason.NO_SPACE || reason == ChildReason.BY_CLIENT && recoverable;
                yield new ChildState(uri, soft ? ChildStatus.DEGRADED : ChildStatus.FAULTED, reason, null, since);
            }
            case Condition.Closed _ -> new ChildState(uri, ChildStatus.DEGRADED, ChildReason.CLOSED, null, null);
        };
    }
}
