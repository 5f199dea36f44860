package io.orlop.gateway.v0;

import io.orlop.model.ChildReason;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusStatus;
import io.orlop.model.ReplicaStatus;
import io.orlop.model.ShareProtocol;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// The choices of REST v0, spelt as on the wire. Generated clients fail on a word that they do not know: a choice that
/// is new in the model does not compile before somebody has decided which of these it is shown as.
final class Choices {
    private Choices() {}

    @Schema(name = "Protocol", enumAsRef = true)
    enum Protocol {
        none,
        nvmf,
        iscsi,
        nbd
    }

    @Schema(name = "VolumeShareProtocol", enumAsRef = true)
    enum VolumeShareProtocol {
        nvmf,
        iscsi
    }

    @Schema(name = "SpecStatus", enumAsRef = true)
    enum SpecStatus {
        Creating,
        Created,
        Deleting,
        Deleted
    }

    @Schema(name = "NodeStatus", enumAsRef = true)
    enum NodeStatus {
        Unknown,
        Online,
        Offline
    }

    @Schema(name = "PoolStatus", enumAsRef = true)
    enum PoolStatus {
        Unknown,
        Online,
        Degraded,
        Faulted
    }

    @Schema(name = "ReplicaState", enumAsRef = true)
    enum ReplicaState {
        Unknown,
        Online,
        Degraded,
        Faulted
    }

    @Schema(name = "ReplicaKind", enumAsRef = true)
    enum ReplicaKind {
        Regular,
        Snapshot,
        SnapshotClone
    }

    @Schema(name = "NexusState", enumAsRef = true)
    enum NexusState {
        Unknown,
        Online,
        Degraded,
        Faulted,
        ShuttingDown,
        Shutdown
    }

    @Schema(name = "ChildState", enumAsRef = true)
    enum ChildState {
        Unknown,
        Online,
        Degraded,
        Faulted
    }

    @Schema(name = "ChildStateReason", enumAsRef = true)
    enum ChildStateReason {
        OutOfSpace
    }

    @Schema(name = "VolumeStatus", enumAsRef = true)
    enum VolumeStatus {
        Unknown,
        Online,
        Degraded,
        Faulted,
        Shutdown
    }

    @Schema(name = "RebuildJobState", enumAsRef = true)
    enum RebuildJobState {
        Init,
        Rebuilding,
        Stopped,
        Paused,
        Failed,
        Completed
    }

    static Protocol of(ShareProtocol protocol) {
        return switch (protocol) {
            case NONE -> Protocol.none;
            case NVMF -> Protocol.nvmf;
            case ISCSI -> Protocol.iscsi;
        };
    }

    /// A target that is not shared has no protocol.
    static @Nullable VolumeShareProtocol ofTarget(ShareProtocol protocol) {
        return switch (protocol) {
            case NONE -> null;
            case NVMF -> VolumeShareProtocol.nvmf;
            case ISCSI -> VolumeShareProtocol.iscsi;
        };
    }

    static SpecStatus of(io.orlop.model.SpecStatus status) {
        return switch (status) {
            case CREATING -> SpecStatus.Creating;
            case CREATED -> SpecStatus.Created;
            case DELETING -> SpecStatus.Deleting;
            case DELETED -> SpecStatus.Deleted;
        };
    }

    static NodeStatus of(io.orlop.model.NodeStatus status) {
        return switch (status) {
            case UNKNOWN -> NodeStatus.Unknown;
            case ONLINE -> NodeStatus.Online;
            case OFFLINE -> NodeStatus.Offline;
        };
    }

    static PoolStatus of(io.orlop.model.PoolStatus status) {
        return switch (status) {
            case UNKNOWN -> PoolStatus.Unknown;
            case ONLINE -> PoolStatus.Online;
            case DEGRADED -> PoolStatus.Degraded;
            case FAULTED -> PoolStatus.Faulted;
        };
    }

    static ReplicaState of(ReplicaStatus status) {
        return switch (status) {
            case UNKNOWN -> ReplicaState.Unknown;
            case ONLINE -> ReplicaState.Online;
            case DEGRADED -> ReplicaState.Degraded;
            case FAULTED -> ReplicaState.Faulted;
        };
    }

    static ReplicaKind of(io.orlop.model.ReplicaKind kind) {
        return switch (kind) {
            case REGULAR -> ReplicaKind.Regular;
            case SNAPSHOT -> ReplicaKind.Snapshot;
            case SNAPSHOT_CLONE -> ReplicaKind.SnapshotClone;
        };
    }

    static NexusState of(NexusStatus status) {
        return switch (status) {
            case UNKNOWN -> NexusState.Unknown;
            case ONLINE -> NexusState.Online;
            case DEGRADED -> NexusState.Degraded;
            case FAULTED -> NexusState.Faulted;
            case SHUTTING_DOWN -> NexusState.ShuttingDown;
            case SHUTDOWN -> NexusState.Shutdown;
        };
    }

    /// `null` for a copy that no nexus uses.
    static @Nullable ChildState of(@Nullable ChildStatus status) {
        return switch (status) {
            case UNKNOWN -> ChildState.Unknown;
            case ONLINE -> ChildState.Online;
            case DEGRADED -> ChildState.Degraded;
            case FAULTED -> ChildState.Faulted;
            case null -> null;
        };
    }

    /// The only reason that REST v0 has a word for.
    static @Nullable ChildStateReason of(@Nullable ChildReason reason) {
        return reason == ChildReason.NO_SPACE ? ChildStateReason.OutOfSpace : null;
    }

    static VolumeStatus of(io.orlop.model.VolumeStatus status) {
        return switch (status) {
            case UNKNOWN -> VolumeStatus.Unknown;
            case ONLINE -> VolumeStatus.Online;
            case DEGRADED -> VolumeStatus.Degraded;
            case FAULTED -> VolumeStatus.Faulted;
            case SHUTDOWN -> VolumeStatus.Shutdown;
        };
    }

    static RebuildJobState of(io.orlop.model.RebuildState state) {
        return switch (state) {
            case INIT -> RebuildJobState.Init;
            case REBUILDING -> RebuildJobState.Rebuilding;
            case STOPPED -> RebuildJobState.Stopped;
            case PAUSED -> RebuildJobState.Paused;
            case FAILED -> RebuildJobState.Failed;
            case COMPLETED -> RebuildJobState.Completed;
        };
    }
}
