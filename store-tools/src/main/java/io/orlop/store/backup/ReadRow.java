package io.orlop.store.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.engine.TableRow;
import io.orlop.store.log.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// A row that somebody else wrote: see [TableRow].
record ReadRow(byte[] key, byte[] value) {
    /// The change, again.
    ///
    /// @throws IOException if the row is none that etcd would write; the message says which
    LogRecord change() throws IOException {
        boolean tombstone = key.length == TableRow.KEY_BYTES + 1 && key[TableRow.KEY_BYTES] == 't';
        if (!tombstone && key.length != TableRow.KEY_BYTES || key[Long.BYTES] != '_') throw unknown("its key");
        ByteBuffer numbers = ByteBuffer.wrap(key);
        long main = numbers.getLong(0);
        int sub = (int) numbers.getLong(Long.BYTES + 1);
        try {
            var kv = io.orlop.store.proto.mvccpb.KeyValue.parseFrom(value);
            if (kv.getKey().isEmpty()) throw unknown("its value");
            if (tombstone) return new LogRecord.Tombstone(octets(kv.getKey()), main, sub);
            if (kv.getModRevision() != main || kv.getVersion() < 1) throw unknown("its value");
            return new LogRecord.Put(
                    new KeyValue(
                            octets(kv.getKey()),
                            octets(kv.getValue()),
                            kv.getCreateRevision(),
                            main,
                            kv.getVersion(),
                            kv.getLease()),
                    sub);
        } catch (InvalidProtocolBufferException e) {
            throw unknown("its value");
        }
    }

    private IOException unknown(String what) {
        return new IOException("the row " + HexFormat.of().formatHex(key) + " of the table of changes is damaged: "
                + what + " is none of a change");
    }

    private static Octets octets(ByteString bytes) {
        return Octets.wrap(bytes.toByteArray());
    }
}
