package io.orlop.store.backup;

import io.orlop.store.bolt.BoltReader;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import java.io.IOException;
import java.nio.file.Path;

/// A whole store in a file, as etcd keeps it: a snapshot, ours or etcd's, or the file `db` of an etcd that does not
/// run.
/// A snapshot has a hash at its end; of a `db` without one only the pages can be checked.
record EtcdFile(HashedFile file) {
    private static final long NOWHERE = 0;

    static EtcdFile open(Path file) throws IOException {
        return new EtcdFile(HashedFile.open(file));
    }

    /// Reads it to the end.
    ///
    /// @throws IOException if it is not as it was written; the message says what is wrong with it
    void check() throws IOException {
        replay(new Replay() {
            @Override
            public void record(LogRecord record, long location) {}

            @Override
            public void frame(long revision) {}
        });
    }

    /// Says what a log would say that has all of it.
    void replay(Replay replay) throws IOException {
        try (BoltReader database = BoltReader.open(file.file(), file.bodySize())) {
            if (!database.buckets().contains(EtcdSnapshot.CHANGES)) {
                throw new IOException(file.file() + " is no database of etcd v3: it has no table of changes");
            }
            SmallTables small = SmallTables.read(database);
            Frames frames = new Frames(small, replay);
            database.rows(EtcdSnapshot.CHANGES, (key, value) -> frames.add(new ReadRow(key, value)));
            frames.finish();
        }
    }

    /// Rows of one revision are one frame.
    private static final class Frames {
        private final SmallTables small;
        private final Replay replay;
        private long revision = 1;

        Frames(SmallTables small, Replay replay) {
            this.small = small;
            this.replay = replay;
            for (LogRecord record : small.checkpoint()) replay.record(record, NOWHERE);
            replay.frame(revision);
        }

        void add(ReadRow row) throws IOException {
            LogRecord change = row.change();
            long main =
                    switch (change) {
                        case LogRecord.Put put -> put.kv().modRevision();
                        case LogRecord.Tombstone tombstone -> tombstone.main();
                        default -> revision;
                    };
            if (main > revision) {
                replay.frame(revision);
                revision = main;
            }
            replay.record(change, NOWHERE);
        }

        /// The last changes may be compacted away; the revision does not go back for that.
        void finish() {
            replay.frame(revision);
            if (small.compacted() < 0) return;
            replay.record(new LogRecord.CompactionFinished(small.compacted()), NOWHERE);
            replay.frame(Math.max(revision, small.compacted()));
        }
    }
}
