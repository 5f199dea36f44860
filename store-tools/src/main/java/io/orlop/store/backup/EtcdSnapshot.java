package io.orlop.store.backup;

import io.orlop.store.bolt.BoltWriter;
import io.orlop.store.engine.TableRow;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.LogView;
import io.orlop.store.log.Replay;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.BitSet;
import java.util.function.Predicate;

/// A whole store as etcd's database. Its first pages say how many there are, so the log is read once to nowhere and
/// once in earnest (ADR 7). Which old changes are still needed is asked the first time only, and remembered with a bit
/// for each: the index goes on forgetting meanwhile.
///
/// ```
///   the log, compacted at 7   │ a 2 │ a 5 │ b 6 │ a 7 │ compaction │ b 8 │ …
///   left out                     1     1     0     0
///   the table of changes                    b 6   a 7                b 8  …
/// ```
final class EtcdSnapshot implements Snapshot {
    static final String CHANGES = "key";

    private final LogView view;
    private final long compacted;
    private final BitSet leftOut = new BitSet();
    private final BoltWriter.Extent extent;

    EtcdSnapshot(LogView view, long compacted, Predicate<LogRecord> needed) throws IOException {
        this.view = view;
        this.compacted = compacted;
        this.extent = write(OutputStream.nullOutputStream(), BoltWriter.Extent.UNKNOWN, (change, place) -> {
            leftOut.set(place, !needed.test(change));
            return leftOut.get(place);
        });
    }

    @Override
    public long size() {
        return extent.bytes();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        write(out, extent, (_, place) -> leftOut.get(place));
    }

    private BoltWriter.Extent write(OutputStream out, BoltWriter.Extent known, OldChanges old) throws IOException {
        BoltWriter database = new BoltWriter(out, known);
        database.bucket(CHANGES);
        Changes changes = new Changes(database, old);
        try {
            view.replay(changes);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        changes.small.writeTo(database, changes.revision, compacted);
        return database.finish();
    }

    private interface OldChanges {
        /// @param place among the old changes of the log
        boolean isLeftOut(LogRecord change, int place);
    }

    /// Writes the table of changes as the log says them, and keeps what else there is.
    private final class Changes implements Replay {
        private final BoltWriter database;
        private final OldChanges old;
        private final SmallTables small = new SmallTables();
        private long revision = 1;
        private int olds;

        Changes(BoltWriter database, OldChanges old) {
            this.database = database;
            this.old = old;
        }

        @Override
        public void record(LogRecord record, long location) {
            if (record instanceof LogRecord.Put put) {
                if (counts(put, put.kv().modRevision())) put(TableRow.of(put));
            } else if (record instanceof LogRecord.Tombstone tombstone) {
                if (counts(tombstone, tombstone.main())) put(TableRow.of(tombstone));
            } else {
                small.hear(record);
            }
        }

        private boolean counts(LogRecord change, long main) {
            return main > compacted || !old.isLeftOut(change, olds++);
        }

        private void put(TableRow row) {
            try {
                database.put(row.key(), row.value());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void frame(long reached) {
            revision = reached;
        }
    }

    @Override
    public void close() {
        view.close();
    }
}
