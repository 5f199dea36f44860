package io.orlop.store.engine;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Computes the hash that etcd computes over its table of changes: CRC32C of the table's name, then of each [TableRow]
/// in order, key and value.
///
/// Which rows count does not depend on how far a compaction has come in sweeping:
///
/// * none after the revision that is hashed;
/// * after the compacted revision, all;
/// * up to it, those that a compaction at the *hashed* revision would keep, which is one put for each key alive there.
///   If no key is alive there, etcd leaves the rows as the last compaction left them, and so do we;
/// * not a tombstone made at exactly the compacted revision: etcd before 3.5.16 did not keep those, and its hashes are
///   still compared with newer ones.
///
/// Two worlds meet in the third point: the log has the rows in order, the index knows which of them are needed.
final class KeyHasher implements Replay {
    private final KeyIndex index;
    private final long at;
    private final long compacted;

    /// The revision at which one asks whether an old row is needed.
    private final long keptAt;

    private final CRC32C crc = new CRC32C();

    KeyHasher(KeyIndex index, long at, long compacted) {
        this.index = index;
        this.at = at;
        this.compacted = compacted;
        this.keptAt = compacted >= 0 && !anyAlive() ? compacted : at;
        crc.update("key".getBytes(StandardCharsets.UTF_8));
    }

    private boolean anyAlive() {
        for (KeyHistory history : index.histories(KeyRange.all())) {
            if (history.isAliveAt(at)) return true;
        }
        return false;
    }

    int hash() {
        return (int) crc.getValue();
    }

    @Override
    public void record(LogRecord record, long location) {
        if (record instanceof LogRecord.Put put) {
            KeyValue kv = put.kv();
            if (counts(kv.key(), kv.modRevision(), put.sub())) row(TableRow.of(put));
        } else if (record instanceof LogRecord.Tombstone tombstone) {
            // Up to the compacted revision no tombstone counts.
            if (tombstone.main() <= at && tombstone.main() > compacted) row(TableRow.of(tombstone));
        }
    }

    @Override
    public void frame(long revision) {}

    private boolean counts(Octets key, long main, int sub) {
        if (main > at) return false;
        if (main > compacted) return true;
        KeyHistory history = index.history(key);
        return history != null && history.isLastAt(keptAt, main, sub);
    }

    private void row(TableRow row) {
        crc.update(row.key());
        crc.update(row.value());
    }
}
