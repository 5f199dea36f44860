package io.orlop.dataplane.nvme.target;

import io.orlop.dataplane.nvme.wire.Fabrics;
import io.orlop.dataplane.nvme.wire.Limits;
import io.orlop.dataplane.nvme.wire.Status;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What becomes of a Connect.
sealed interface Admission {
    record Admitted(Controller controller) implements Admission {}

    /// `result` says which parameter was wrong.
    record Refused(Status status, int result) implements Admission {}

    /// What is wrong with a Connect by itself, whatever is served here.
    @Nullable
    static Refused refusalOf(Fabrics.Connect connect, Fabrics.ConnectData data) {
        if (connect.format() != 0) return new Refused(Status.CONNECT_FORMAT, 0);
        if (connect.queue() > Limits.IO_QUEUES) return wrongParameter(Fabrics.Connect.QUEUE_AT);
        boolean fits = connect.size() >= 1 && connect.size() < Limits.QUEUE_ENTRIES;
        if (!fits) return wrongParameter(Fabrics.Connect.SIZE_AT);
        if (connect.asksForMore()) return wrongParameter(Fabrics.Connect.ATTRIBUTES_AT);
        // It tells hosts of one name apart; of none nothing could be told.
        if (data.hostId().equals(NOBODY)) return wrongData(Fabrics.ConnectData.HOST_ID_AT);
        if (connect.queue() == 0 && data.controller() != Fabrics.ANY_CONTROLLER) {
            return wrongData(Fabrics.ConnectData.CONTROLLER_AT);
        }
        boolean named = !data.host().isEmpty() && data.host().length() <= Limits.NQN_LENGTH;
        return named ? null : wrongData(Fabrics.ConnectData.HOST_AT);
    }

    UUID NOBODY = new UUID(0, 0);

    /// A parameter of the command at this offset is wrong.
    static Refused wrongParameter(int offset) {
        return new Refused(Status.CONNECT_INVALID, offset);
    }

    /// A parameter of the command's data at this offset is wrong.
    static Refused wrongData(int offset) {
        return new Refused(Status.CONNECT_INVALID, offset | 1 << 16);
    }
}
