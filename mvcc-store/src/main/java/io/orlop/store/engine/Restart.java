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
///
/// What does not fit into memory is not kept but counted to its end, so that it can be said how much it is.
final class Restart implements Replay {
    /// What an index takes for a key, beside its bytes, or for a change that is not settled.
    private static final long KEY_BYTES = 24;

    private static final long CHANGE_BYTES = 48;

    final Leases leases = new Leases();
    final AuthReplay auth = new AuthReplay();
    final Alarms alarms = new Alarms();

    /// An empty store is at revision 1; its first change makes 2.
    long revision = 1;

    /// Nothing is compacted, not even revision 0.
    long compacted = -1;

    private final Ambient ambient;
    private final String place;
    private final long keysMax;
    private final long heldMax;
    private @Nullable IndexBuilder builder = new IndexBuilder();
    private @Nullable KeyIndex index;
    private long heldBytes;
    private long keys;

    /// What would be taken, if that is too much.
    private long missedBytes;

    private Octets lastMissed = Octets.EMPTY;

    /// @param place where the store is
    /// @param keysMax what keys and leases may take in memory
    /// @param heldMax what may be taken by changes that have to be sorted first
    Restart(Ambient ambient, String place, long keysMax, long heldMax) {
        this.ambient = ambient;
        this.place = place;
        this.keysMax = keysMax;
        this.heldMax = heldMax;
    }

    /// The index of all that was said.
    KeyIndex index() {
        if (index == null) index = builder == null ? new KeyIndex() : builder.build();
        builder = null;
        return index;
    }

    /// How many keys there are, when all was said.
    long keys() {
        return keys;
    }

    /// What it takes in memory.
    long bytes() {
        long known = builder != null ? builder.bytes() : index().bytes();
        return known + leases.bytes();
    }

    @Override
    public void holds(long bytes) throws HeapTooSmallException {
        heldBytes = bytes;
        if (bytes > heldMax) throw tooSmall();
    }

    private HeapTooSmallException tooSmall() {
        return new HeapTooSmallException(place, missedBytes, keysMax, heldBytes, heldMax);
    }

    /// Whether it is too much, all of it.
    private boolean misses(Octets key, long bytes) {
        if (missedBytes == 0) {
            if (bytes() <= keysMax) return false;
            missedBytes = bytes();
            builder = null;
            index = new KeyIndex();
        }
        missedBytes += key.equals(lastMissed) ? bytes - KEY_BYTES : bytes + key.length();
        lastMissed = key;
        return true;
    }

    @Override
    public void sorted(LogRecord record, long location, boolean settled) {
        Octets key = record.key();
        Change change = Change.of(record, location);
        if (key != null && misses(key, settled ? KEY_BYTES : KEY_BYTES + CHANGE_BYTES)) return;
        if (key != null && change != null && builder != null) builder.add(key, change, settled);
        leases.replay(record, ambient.nanos());
    }

    @Override
    public void record(LogRecord record, long location) {
        Octets key = record.key();
        Change change = Change.of(record, location);
        if (key != null && misses(key, KEY_BYTES + CHANGE_BYTES)) return;
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
    ///
    /// @throws HeapTooSmallException if it was too much
    void finish(Log log) throws HeapTooSmallException {
        if (missedBytes > 0) throw tooSmall();
        KeyIndex whole = index().over(new LogArchive(log.segments()));
        whole.sweep(null, compacted, Integer.MAX_VALUE);
        for (KeyHistory history : whole.histories(KeyRange.all())) {
            Change newest = history.newest();
            if (newest.isTombstone()) continue;
            keys++;
            log.segments().found(newest.location());
        }
        index = whole;
        leases.replayed(ambient.nanos());
    }
}
