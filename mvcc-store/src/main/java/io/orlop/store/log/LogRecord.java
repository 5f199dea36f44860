package io.orlop.store.log;

import io.orlop.store.api.Alarm;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import org.jspecify.annotations.Nullable;

/// What a frame of the log says. A key's records carry all that a reader needs, so that one read answers it.
public sealed interface LogRecord {
    /// The key that it changes, if it changes any.
    default @Nullable Octets key() {
        return null;
    }

    /// @param sub the place of this change among those of its revision
    record Put(KeyValue kv, int sub) implements LogRecord {
        @Override
        public Octets key() {
            return kv.key();
        }
    }

    record Tombstone(Octets key, long main, int sub) implements LogRecord {}

    /// The lease lives: it was granted, renewed, or the time it has left was noted.
    record LeaseKept(long id, long ttlSeconds, long remainingMs) implements LogRecord {}

    record LeaseEnded(long id) implements LogRecord {}

    /// Versions that only readers before this revision could see are gone, from now on.
    record CompactionScheduled(long revision) implements LogRecord {}

    /// They are also gone from the index.
    record CompactionFinished(long revision) implements LogRecord {}

    /// Something about users, roles or permissions, in the words of those who know them.
    record Auth(Octets entry) implements LogRecord {}

    /// Opens a segment: what was said of leases and users in earlier segments is void, what counts follows in this
    /// frame.
    record Checkpoint() implements LogRecord {}

    /// Somebody switched an alarm.
    record AlarmSwitched(Alarm alarm, boolean on) implements LogRecord {}

    /// Closes a segment: a segment without it is the last one, or something was lost.
    record Sealed() implements LogRecord {}
}
