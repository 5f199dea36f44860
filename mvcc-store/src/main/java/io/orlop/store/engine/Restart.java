package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.auth.AuthCodec;
import io.orlop.store.auth.AuthReplay;
import io.orlop.store.history.Change;
import io.orlop.store.history.IndexBuilder;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.LogArchive;
import io.orlop.store.lease.Leases;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import org.jspecify.annotations.Nullable;

/// Builds the state anew from what the log says.
final class Restart implements Replay {
    final Leases leases = new Leases();
    final AuthReplay auth = new AuthReplay();
    final Alarms alarms = new Alarms();

    /// An empty store is at revision 1; its first change makes 2.
    long revision = 1;

    /// How many are alive.
    long keys;

    /// Nothing is compacted, not even revision 0.
    long compacted = -1;

    private final Ambient ambient;
    private final IndexBuilder builder = new IndexBuilder();
    private @Nullable KeyIndex index;

    Restart(Ambient ambient) {
        this.ambient = ambient;
    }

    /// The index of all that was said.
    KeyIndex index() {
        if (index == null) index = builder.build();
        return index;
    }

    @Override
    public void sorted(LogRecord record, long location, boolean settled) {
        Octets key = record.key();
        Change change = Change.of(record, location);
        if (key != null && change != null) builder.add(key, change, settled);
        leases.replay(record, ambient.nanos());
    }

    @Override
    public void record(LogRecord record, long location) {
        Octets key = record.key();
        Change change = Change.of(record, location);
        if (key != null && change != null) index().append(key, change);
        if (record instanceof LogRecord.CompactionScheduled(long upTo)) compacted = Math.max(compacted, upTo);
        if (record instanceof LogRecord.Auth(var entry)) auth.entry(AuthCodec.decode(entry));
        if (record instanceof LogRecord.Checkpoint) auth.checkpoint();
        leases.replay(record, ambient.nanos());
        alarms.replay(record);
    }

    @Override
    public void frame(long reached) {
        revision = Math.max(revision, reached);
    }

    /// A compaction that a crash interrupted is finished here, before anybody reads.
    void finish(Log log) {
        KeyIndex whole = index().over(new LogArchive(log.segments()));
        whole.sweep(null, compacted, Integer.MAX_VALUE);
        for (KeyHistory history : whole.histories(KeyRange.all())) {
            Change newest = history.newest();
            if (newest.isTombstone()) continue;
            log.segments().found(newest.location());
            keys++;
        }
        index = whole;
        leases.replayed(ambient.nanos());
    }
}
