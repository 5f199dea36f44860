package io.orlop.volume.copies;

import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ReplicaState;
import org.jspecify.annotations.Nullable;

/// One replica of a volume, as promised and as observed.
///
/// @param child how the volume's nexus sees it, where it is a child of one
/// @param complete while no nexus serves the volume, whether the last one knew it to hold all that was written
public record Copy(
        ReplicaSpec spec,
        Presence presence,
        @Nullable ReplicaState state,
        @Nullable ChildState child,
        boolean complete) {
    public ReplicaId id() {
        return spec.uuid();
    }

    public NodeId node() {
        return spec.node();
    }

    public Condition condition(boolean served) {
        if (!served) {
            if (presence != Presence.HERE) return Condition.LOST;
            return complete ? Condition.HEALTHY : Condition.SPARE;
        }
        if (child == null) return presence == Presence.HERE ? Condition.SPARE : Condition.LOST;
        if (child.healthy()) return Condition.HEALTHY;
        if (child.status() == ChildStatus.UNKNOWN) return Condition.LETTING_GO;
        if (child.rebuilding()) return Condition.REBUILDING;
        return presence == Presence.HERE ? Condition.FAULTED : Condition.LOST;
    }
}
