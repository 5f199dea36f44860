package io.orlop.gateway.v0;

import io.orlop.model.NexusOperation;
import io.orlop.model.Pending;
import io.orlop.model.ReplicaOperation;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeOperation;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// What is promised and not yet kept, in upstream's names.
@Schema(name = "Operation")
record OperationView(Kind operation, @Nullable Boolean result) {
    @Schema(name = "OperationKind", enumAsRef = true)
    enum Kind {
        Create,
        Destroy,
        Share,
        Unshare,
        SetReplica,
        Publish,
        Unpublish,
        AddChild,
        RemoveChild,
        Shutdown
    }

    static @Nullable OperationView ofVolume(SpecStatus status, @Nullable Pending<VolumeOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    case VolumeOperation.SetReplicas _ -> Kind.SetReplica;
                    case VolumeOperation.Publish _ -> Kind.Publish;
                    case VolumeOperation.Unpublish _ -> Kind.Unpublish;
                },
                pending.result());
    }

    static @Nullable OperationView ofReplica(SpecStatus status, @Nullable Pending<ReplicaOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    case ReplicaOperation.Share _ -> Kind.Share;
                    case ReplicaOperation.Unshare _ -> Kind.Unshare;
                },
                pending.result());
    }

    static @Nullable OperationView ofNexus(SpecStatus status, @Nullable Pending<NexusOperation> pending) {
        if (pending == null) return ofLife(status);
        return new OperationView(
                switch (pending.operation()) {
                    case NexusOperation.Publish _ -> Kind.Share;
                    case NexusOperation.Unpublish _ -> Kind.Unshare;
                    case NexusOperation.AddChild _ -> Kind.AddChild;
                    case NexusOperation.RemoveChild _ -> Kind.RemoveChild;
                    case NexusOperation.Shutdown _ -> Kind.Shutdown;
                },
                pending.result());
    }

    private static @Nullable OperationView ofLife(SpecStatus status) {
        return switch (status) {
            case CREATING -> new OperationView(Kind.Create, null);
            case DELETING -> new OperationView(Kind.Destroy, null);
            case CREATED, DELETED -> null;
        };
    }
}
