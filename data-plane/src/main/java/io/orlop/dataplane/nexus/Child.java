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
    /// How a copy stands to its nexus.
    sealed interface Condition {
        /// Whole: read from and written to.
        record Synced(BlockDevice device) implements Condition {}

        /// Written to, but not read from, until a rebuild has made it whole.
        record OutOfSync(BlockDevice device) implements Condition {}

        /// Neither.
        record Faulted(ChildReason reason, boolean recoverable, Instant since) implements Condition {}

        /// Let go, with the nexus.
        record Closed() implements Condition {}
    }

    final String uri;
    final ReplicaId uuid;
    private volatile Condition condition;

    Child(String uri, ReplicaId uuid, Condition condition) {
        this.uri = uri;
        this.uuid = uuid;
        this.condition = condition;
    }

    Condition condition() {
        return condition;
    }

    void become(Condition next) {
        condition = next;
    }

    boolean synced() {
        return condition instanceof Condition.Synced;
    }

    boolean outOfSync() {
        return condition instanceof Condition.OutOfSync;
    }

    boolean local() {
        return uri.startsWith("bdev:");
    }

    Optional<BlockDevice> device() {
        return switch (condition) {
            case Condition.Synced(BlockDevice device) -> Optional.of(device);
            case Condition.OutOfSync(BlockDevice device) -> Optional.of(device);
            case Condition.Faulted _, Condition.Closed _ -> Optional.empty();
        };
    }

    /// In the words of the API.
    ChildState state(@Nullable Integer rebuildPercent) {
        return switch (condition) {
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
