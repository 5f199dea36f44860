package io.orlop.store.backup;

import io.orlop.disk.Disk;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// Writes a log from what another says, behind what it has already; each frame stays one frame. Changes that are there
/// already are passed over, so excerpts may overlap.
///
/// Where the other log began a segment it said anew what leases and the like there were. This one begins a segment at
/// the same place, and so needs to know nothing of them.
final class Rebuilding implements AutoCloseable {
    /// A new segment is begun at the other log's checkpoints only.
    private static final long NO_LIMIT = Long.MAX_VALUE;

    private static final int COMMIT_BYTES = 4 << 20;

    private final Log log;
    private long revision = 1;
    private long changes;

    /// @param disk holds no log yet
    Rebuilding(Disk disk) throws IOException {
        log = Log.open(disk, NO_LIMIT, new Replay() {
            @Override
            public void record(LogRecord record, long location) {}

            @Override
            public void frame(long reached) {}
        });
    }

    long revision() {
        return revision;
    }

    /// How many puts and tombstones were added.
    long changes() {
        return changes;
    }

    /// What to hand the other log's replay; errors of the disk come as [UncheckedIOException].
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
        revision = Math.max(revision, reached);
        if (records.isEmpty()) return;
        try {
            if (records.getFirst() instanceof LogRecord.Checkpoint && !log.segmentIsNew()) {
                log.roll(records, revision);
                return;
            }
            log.begin();
            for (LogRecord record : records) {
                if (record instanceof LogRecord.Put || record instanceof LogRecord.Tombstone) changes++;
                log.add(record);
            }
            log.end(revision);
            if (log.pendingBytes() > COMMIT_BYTES) log.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Makes the rest safe.
    @Override
    public void close() throws IOException {
        try {
            log.commit();
        } finally {
            log.close();
        }
    }
}
