package io.orlop.disk.twin;

/// What may go wrong with a disk; to write zeroes and to discard are writes.
public enum Call {
    READ,
    WRITE,
    FORCE
}
