package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.lease.Leases;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;

/// Builds the state anew from what the log says.
final class Restart implements Replay {
    final KeyIndex index = new KeyIndex();
    final Leases leases = new Leases();

    /// An empty store is at revision 1; its first change makes 2.
    long revision = 1;

    /// Nothing is compacted, not even revision 0.
    long compacted = -1;

    private final Ambient ambient;

    Restart(Ambient ambient) {
        this.ambient = ambient;
    }

    @Override
    public void record(LogRecord record, long location) {
        switch (record) {
            case LogRecord.Put(var kv, int sub) ->
                index.append(kv.key(), new Change(kv.modRevision(), sub, kv.createRevision(), kv.version(), location));
            case LogRecord.Tombstone(var key, long main, int sub) ->
                index.append(key, new Change(main, sub, 0, 0, location));
            case LogRecord.CompactionScheduled(long upTo) -> compacted = Math.max(compacted, upTo);
            case LogRecord.LeaseKept _,
                    LogRecord.LeaseEnded _,
                    LogRecord.CompactionFinished _,
                    LogRecord.Checkpoint _,
                    LogRecord.Sealed _ -> {}
        }
        leases.replay(record, ambient.nanos());
    }

    @Override
    public void frame(long reached) {
        revision = Math.max(revision, reached);
    }

    /// A compaction that a crash interrupted is finished here, before anybody reads.
    void finish(Log log) {
        if (compacted >= 0) index.compact(null, compacted, Integer.MAX_VALUE, log::forget);
        leases.replayed(ambient.nanos());
    }
}
