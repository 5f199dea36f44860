package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Command;
import io.orlop.dataplane.nvme.wire.Completion;
import io.orlop.dataplane.nvme.wire.Pdu;
import io.orlop.dataplane.nvme.wire.Status;
import java.util.concurrent.atomic.AtomicInteger;

/// A queue pair of a controller as a target keeps it: its number, how many commands may be under way, and how far
/// the submission queue's head has come, which every answer reports unless flow control is off.
final class TargetQueue {
    private static final int HEAD_OFF = 0xFFFF;

    private final Controller controller;
    private final int id;
    private final int size;
    private final boolean flowControl;
    private final AtomicInteger head = new AtomicInteger();

    /// @param size the entries
    TargetQueue(Controller controller, int id, int size, boolean flowControl) {
        this.controller = controller;
        this.id = id;
        this.size = size;
        this.flowControl = flowControl;
    }

    Controller controller() {
        return controller;
    }

    int id() {
        return id;
    }

    int size() {
        return size;
    }

    boolean flowControl() {
        return flowControl;
    }

    Pdu.ResponseCapsule answer(Command command, Status status, long result) {
        return answer(command.id(), status, result);
    }

    Pdu.ResponseCapsule answer(int commandId, Status status, long result) {
        return answer(commandId, status.field(), result);
    }

    Pdu.ResponseCapsule answer(int commandId, int statusField, long result) {
        int reported = flowControl ? Math.floorMod(head.incrementAndGet(), size) : HEAD_OFF;
        return new Pdu.ResponseCapsule(new Completion(result, reported, id, commandId, statusField));
    }
}
