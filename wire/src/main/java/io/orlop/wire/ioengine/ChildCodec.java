package io.orlop.wire.ioengine;

import io.orlop.model.ChildAction;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.stubs.mayastor.v1.Child;
import io.orlop.stubs.mayastor.v1.ChildStateReason;

/// The children of a nexus on the wire.
final class ChildCodec {
    /// What the engine reports as progress where nothing is being rebuilt.
    private static final int NO_REBUILD = -1;

    private ChildCodec() {}

    static Child proto(ChildState child) {
        var proto = Child.newBuilder()
                .setUri(child.uri())
                .setState(proto(child.status()))
                .setStateReason(proto(child.reason()))
                .setRebuildProgress(child.rebuildPercent() == null ? NO_REBUILD : child.rebuildPercent());
        if (child.faultedAt() != null) proto.setFaultTimestamp(Timestamps.proto(child.faultedAt()));
        return proto.build();
    }

    static ChildState state(Child child) {
        return new ChildState(
                child.getUri(),
                status(child.getState()),
                reason(child.getStateReason()),
                child.getRebuildProgress() < 0 ? null : child.getRebuildProgress(),
                child.hasFaultTimestamp() ? Timestamps.instant(child.getFaultTimestamp()) : null);
    }

    static io.orlop.stubs.mayastor.v1.ChildAction proto(ChildAction action) {
        return switch (action) {
            case OFFLINE -> io.orlop.stubs.mayastor.v1.ChildAction.Offline;
            case ONLINE -> io.orlop.stubs.mayastor.v1.ChildAction.Online;
            case FAULT_IO_ERROR -> io.orlop.stubs.mayastor.v1.ChildAction.FaultIOError;
            case OFFLINE_PERMANENT -> io.orlop.stubs.mayastor.v1.ChildAction.OfflinePermanent;
        };
    }

    static ChildAction action(io.orlop.stubs.mayastor.v1.ChildAction action) {
        return switch (action) {
            case Offline -> ChildAction.OFFLINE;
            case Online -> ChildAction.ONLINE;
            case FaultIOError -> ChildAction.FAULT_IO_ERROR;
            case OfflinePermanent -> ChildAction.OFFLINE_PERMANENT;
            case UNRECOGNIZED -> throw Unrecognized.value("child action").exception();
        };
    }

    private static io.orlop.stubs.mayastor.v1.ChildState proto(ChildStatus status) {
        return switch (status) {
            case UNKNOWN -> io.orlop.stubs.mayastor.v1.ChildState.CHILD_STATE_UNKNOWN;
            case ONLINE -> io.orlop.stubs.mayastor.v1.ChildState.CHILD_STATE_ONLINE;
            case DEGRADED -> io.orlop.stubs.mayastor.v1.ChildState.CHILD_STATE_DEGRADED;
            case FAULTED -> io.orlop.stubs.mayastor.v1.ChildState.CHILD_STATE_FAULTED;
        };
    }

    private static ChildStatus status(io.orlop.stubs.mayastor.v1.ChildState state) {
        return switch (state) {
            case CHILD_STATE_UNKNOWN, UNRECOGNIZED -> ChildStatus.UNKNOWN;
            case CHILD_STATE_ONLINE -> ChildStatus.ONLINE;
            case CHILD_STATE_DEGRADED -> ChildStatus.DEGRADED;
            case CHILD_STATE_FAULTED -> ChildStatus.FAULTED;
        };
    }

    private static ChildStateReason proto(ChildReason reason) {
        return switch (reason) {
            case NONE -> ChildStateReason.CHILD_STATE_REASON_NONE;
            case INIT -> ChildStateReason.CHILD_STATE_REASON_INIT;
            case CLOSED -> ChildStateReason.CHILD_STATE_REASON_CLOSED;
            case CANNOT_OPEN -> ChildStateReason.CHILD_STATE_REASON_CANNOT_OPEN;
            case CONFIG_INVALID -> ChildStateReason.CHILD_STATE_REASON_CONFIG_INVALID;
            case REBUILD_FAILED -> ChildStateReason.CHILD_STATE_REASON_REBUILD_FAILED;
            case IO_FAILURE -> ChildStateReason.CHILD_STATE_REASON_IO_FAILURE;
            case BY_CLIENT -> ChildStateReason.CHILD_STATE_REASON_BY_CLIENT;
            case OUT_OF_SYNC -> ChildStateReason.CHILD_STATE_REASON_OUT_OF_SYNC;
            case NO_SPACE -> ChildStateReason.CHILD_STATE_REASON_NO_SPACE;
            case TIMED_OUT -> ChildStateReason.CHILD_STATE_REASON_TIMED_OUT;
            case ADMIN_FAILED -> ChildStateReason.CHILD_STATE_REASON_ADMIN_FAILED;
        };
    }

    /// A newer engine's "hot removed" is a device that went away: an I/O failure. A reason we do not know is one, too.
    private static ChildReason reason(ChildStateReason reason) {
        return switch (reason) {
            case CHILD_STATE_REASON_NONE -> ChildReason.NONE;
            case CHILD_STATE_REASON_INIT -> ChildReason.INIT;
            case CHILD_STATE_REASON_CLOSED -> ChildReason.CLOSED;
            case CHILD_STATE_REASON_CANNOT_OPEN -> ChildReason.CANNOT_OPEN;
            case CHILD_STATE_REASON_CONFIG_INVALID -> ChildReason.CONFIG_INVALID;
            case CHILD_STATE_REASON_REBUILD_FAILED -> ChildReason.REBUILD_FAILED;
            case CHILD_STATE_REASON_IO_FAILURE, CHILD_STATE_REASON_HOT_REMOVED, UNRECOGNIZED -> ChildReason.IO_FAILURE;
            case CHILD_STATE_REASON_BY_CLIENT -> ChildReason.BY_CLIENT;
            case CHILD_STATE_REASON_OUT_OF_SYNC -> ChildReason.OUT_OF_SYNC;
            case CHILD_STATE_REASON_NO_SPACE -> ChildReason.NO_SPACE;
            case CHILD_STATE_REASON_TIMED_OUT -> ChildReason.TIMED_OUT;
            case CHILD_STATE_REASON_ADMIN_FAILED -> ChildReason.ADMIN_FAILED;
        };
    }
}
