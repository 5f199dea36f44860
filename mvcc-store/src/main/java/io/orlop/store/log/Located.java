package io.orlop.store.log;

import io.orlop.store.api.Octets;

/// A change of a key, without its value, and where it is.
///
/// @param bytes how long its record is
public record Located(Octets key, LogRecord change, long location, int bytes) {
    /// The revision of its transaction.
    public long main() {
        return switch (change) {
            case LogRecord.Put(var kv, int _) -> kv.modRevision();
            case LogRecord.Tombstone(Octets _, long main, int _) -> main;
            default -> throw new IllegalStateException("no change of a key: " + change);
        };
    }

    /// Whether it happened before the change of this revision and place.
    boolean isBefore(long otherMain, int otherSub) {
        return main() < otherMain || main() == otherMain && sub() < otherSub;
    }

    /// Its place among the changes of that transaction.
    public int sub() {
        return switch (change) {
            case LogRecord.Put(var _, int sub) -> sub;
            case LogRecord.Tombstone(Octets _, long _, int sub) -> sub;
            default -> throw new IllegalStateException("no change of a key: " + change);
        };
    }
}
