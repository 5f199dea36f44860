package io.orlop.store.history;

import io.orlop.store.api.Octets;
import io.orlop.store.log.LogRecord;
import org.jspecify.annotations.Nullable;

/// One change of a key: a put, or the tombstone of a deletion.
///
/// @param main the revision of its transaction
/// @param sub its place among the changes of that transaction
/// @param create the revision that began its generation; 0 for a tombstone
/// @param version how many puts its generation had so far; 0 for a tombstone
/// @param location where the log has it
public record Change(long main, int sub, long create, long version, long location) {
    /// The put that begins a generation; it has no location yet.
    public static Change birth(long main, int sub) {
        return new Change(main, sub, main, 1, 0);
    }

    /// What a record of the log says of its key; null if it is about something else.
    public static @Nullable Change of(LogRecord record, long location) {
        return switch (record) {
            case LogRecord.Put(var kv, int sub) ->
                new Change(kv.modRevision(), sub, kv.createRevision(), kv.version(), location);
            case LogRecord.Tombstone(Octets _, long main, int sub) -> new Change(main, sub, 0, 0, location);
            case LogRecord.CompactionScheduled _,
                    LogRecord.CompactionFinished _,
                    LogRecord.LeaseKept _,
                    LogRecord.LeaseEnded _,
                    LogRecord.Auth _,
                    LogRecord.AlarmSwitched _,
                    LogRecord.Checkpoint _,
                    LogRecord.Sealed _ -> null;
        };
    }

    /// Whether it happened before that of this revision and place.
    boolean isBefore(long otherMain, int otherSub) {
        return main < otherMain || main == otherMain && sub < otherSub;
    }

    public boolean isTombstone() {
        return create == 0;
    }
}
