package io.orlop.gateway.v0;

import io.orlop.model.NexusOperation;
import io.orlop.model.Pending;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeOperation;
import org.jspecify.annotations.Nullable;

/// What is promised and not yet kept, in upstream's names.
record OperationView(String operation, @Nullable Boolean result) {
    static @Nullable OperationView ofVolume(SpecStatus status, @Nullable Pending<VolumeOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    // Upstream has no word for a replacement, and a client that is generated knows its words only.
                    case VolumeOperation.SetReplicas _, VolumeOperation.Replace _ -> "SetReplica";
                    case VolumeOperation.Publish _ -> "Publish";
                    case VolumeOperation.Unpublish _, VolumeOperation.Abandon _ -> "Unpublish";
                },
                pending.result());
    }

    static @Nullable OperationView ofReplica(SpecStatus status, @Nullable Pending<ReplicaOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    case ReplicaOperation.Share _ -> "Share";
                    case ReplicaOperation.Unshare _ -> "Unshare";
                },
                pending.result());
    }

    static @Nullable OperationView ofNexus(SpecStatus status, @Nullable Pending<NexusOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    case NexusOperation.Publish _ -> "Share";
                    case NexusOperation.Unpublish _ -> "Unshare";
                    case NexusOperation.AddChild _ -> "AddChild";
                    case NexusOperation.RemoveChild _ -> "RemoveChild";
                    case NexusOperation.Shutdown _ -> "Shutdown";
                },
                pending.result());
    }

    private static @Nullable OperationView ofLife(SpecStatus status) {
        return switch (status) {
            case CREATING -> new OperationView("Create", null);
            case DELETING -> new OperationView("Destroy", null);
            case CREATED, DELETED -> null;
        };
    }
}
