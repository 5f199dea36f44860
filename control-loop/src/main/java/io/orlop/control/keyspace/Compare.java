package io.orlop.control.keyspace;

import org.jspecify.annotations.Nullable;

/// What must still be true of a key for a transaction to be kept.
public sealed interface Compare {
    String key();

    default boolean holdsFor(@Nullable KeyValue found) {
        return switch (this) {
            case Absent _ -> found == null;
            case Unchanged(var _, long modRevision) -> found != null && found.modRevision() == modRevision;
        };
    }

    record Absent(String key) implements Compare {}

    record Unchanged(String key, long modRevision) implements Compare {
        public Unchanged {
            if (modRevision < 1) throw new IllegalArgumentException(key + " has no revision " + modRevision);
        }
    }
}
