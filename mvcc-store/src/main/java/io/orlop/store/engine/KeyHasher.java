package io.orlop.store.engine;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Replay;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/// Computes the hash that etcd computes over its table of changes: CRC32C of the table's name, then of each row in the
/// order of the changes.
///
/// ```
///   "key"
///   row key     main, 8 bytes, big end first │ '_' │ sub, 8 bytes │ 't' if it is a tombstone
///   row value   the change as a protobuf message: key 1, create 2, mod 3, version 4, value 5, lease 6;
///               of a tombstone, the key alone
/// ```
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
    private static final int ROW_KEY_BYTES = 18;
    private static final int HEAD_BYTES_MAX = ROW_KEY_BYTES + 6 * 11;

    private final KeyIndex index;
    private final long at;
    private final long compacted;

    /// The revision at which one asks whether an old row is needed.
    private final long keptAt;

    private final CRC32C crc = new CRC32C();
    private final byte[] head = new byte[HEAD_BYTES_MAX];
    private int headSize;

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
        if (record instanceof LogRecord.Put(KeyValue kv, int sub)) {
            if (counts(kv.key(), kv.modRevision(), sub)) put(kv, sub);
        } else if (record instanceof LogRecord.Tombstone(Octets key, long main, int sub)) {
            // Up to the compacted revision no tombstone counts.
            if (main <= at && main > compacted) tombstone(key, main, sub);
        }
    }

    @Override
    public void frame(long revision) {}

    private boolean counts(Octets key, long main, int sub) {
        if (main > at) return false;
        if (main > compacted) return true;
        KeyHistory history = index.history(key);
        Change kept = history == null ? null : history.at(keptAt);
        return kept != null && kept.main() == main && kept.sub() == sub;
    }

    private void put(KeyValue kv, int sub) {
        rowKey(kv.modRevision(), sub);
        bytes(1, kv.key());
        number(2, kv.createRevision());
        number(3, kv.modRevision());
        number(4, kv.version());
        bytes(5, kv.value());
        number(6, kv.lease());
        flush();
    }

    private void tombstone(Octets key, long main, int sub) {
        rowKey(main, sub);
        head[headSize++] = 't';
        bytes(1, key);
        flush();
    }

    private void rowKey(long main, int sub) {
        bigEndian(main);
        head[headSize++] = '_';
        bigEndian(sub);
    }

    private void bigEndian(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) head[headSize++] = (byte) (value >>> shift);
    }

    private void number(int field, long value) {
        if (value == 0) return;
        head[headSize++] = (byte) (field << 3);
        varint(value);
    }

    private void bytes(int field, Octets octets) {
        if (octets.isEmpty()) return;
        head[headSize++] = (byte) (field << 3 | 2);
        varint(octets.length());
        flush();
        crc.update(octets.array());
    }

    private void varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            head[headSize++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        head[headSize++] = (byte) rest;
    }

    private void flush() {
        crc.update(head, 0, headSize);
        headSize = 0;
    }
}
