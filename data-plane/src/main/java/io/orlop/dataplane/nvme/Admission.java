package io.orlop.dataplane.nvme;

/// What becomes of a Connect.
sealed interface Admission {
    record Admitted(Controller controller) implements Admission {}

    /// `result` says which parameter was wrong.
    record Refused(Status status, int result) implements Admission {}

    /// A parameter of the command at this offset is wrong.
    static Admission wrongParameter(int offset) {
        return new Refused(Status.CONNECT_INVALID, offset);
    }

    /// A parameter of the command's data at this offset is wrong.
    static Admission wrongData(int offset) {
        return new Refused(Status.CONNECT_INVALID, offset | 1 << 16);
    }
}
