package io.orlop.store.backup;

import io.orlop.disk.Directory;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// Writes a log from what another says, behind what it has already; each frame stays one frame. Changes that are there
/// already are passed over, so excerpts may overlap.
///
/// Where the other log began a segment it said anew what leases and the like there were, and this one begins one at the
/// same place. An excerpt is one segment however long it is; so where this log's segment is full it begins another, and
/// says there itself what it has heard of them.
final class Rebuilding implements AutoCloseable {
    private static final int COMMIT_BYTES_MAX = 4 << 20;

    private final Log log;
    private final int commitBytes;
    private final SmallTables small = new SmallTables();
    private long revision = 1;
    private long changes;

    /// @param disk holds no log yet
    /// @throws UncheckedIOException if it fails, as all of this does: it is not taken for damage in what is read
    Rebuilding(Directory disk) {
        this(disk, StoreOptions.defaults().segmentBytes());
    }

    Rebuilding(Directory disk, long segmentBytes) {
        commitBytes = (int) Math.min(segmentBytes, COMMIT_BYTES_MAX);
        try {
            log = Log.open(disk, segmentBytes, new Replay() {
                @Override
                public void record(LogRecord record, long location) {}

                @Override
                public void frame(long reached) {}
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Says what is to be done about it.
    static IOException failed(UncheckedIOException failure) {
        IOException why = Objects.requireNonNull(failure.getCause());
        return new IOException(
                "the disk failed that the new store is made on, " + why.getMessage()
                        + "; see that it is well and has room",
                why);
    }

    long revision() {
        return revision;
    }

    /// How many puts and tombstones were added.
    long changes() {
        return changes;
    }

    /// What to hand the other log's replay.
    Replay appending() {
        return new Replay() {
            private final List<LogRecord> frame = new ArrayList<>();

            @Override
            public void record(LogRecord record, long location) {
                if (isWanted(record)) frame.add(record);
            }

            @Override
            public void frame(long reached) {
                append(frame, reached);
                frame.clear();
            }
        };
    }

    private boolean isWanted(LogRecord record) {
        if (record instanceof LogRecord.Put put) return put.kv().modRevision() > revision;
        if (record instanceof LogRecord.Tombstone tombstone) return tombstone.main() > revision;
        return !(record instanceof LogRecord.Sealed);
    }

    private void append(List<LogRecord> records, long reached) {
        if (records.isEmpty()) {
            revision = Math.max(revision, reached);
            return;
        }
        try {
            boolean anew = records.getFirst() instanceof LogRecord.Checkpoint && !log.segmentIsNew();
            if (log.segmentIsFull() && !anew) log.roll(small.checkpoint(), revision);
            records.forEach(small::hear);
            revision = Math.max(revision, reached);
            if (anew) {
                log.roll(records, revision);
                return;
            }
            log.begin();
            for (LogRecord record : records) {
                if (record instanceof LogRecord.Put || record instanceof LogRecord.Tombstone) changes++;
                log.add(record);
            }
            log.end(revision);
            if (log.pendingBytes() >= commitBytes) log.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the rest safe, and says so.
    @Override
    public void close() {
        try (log) {
            log.mark(revision);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
