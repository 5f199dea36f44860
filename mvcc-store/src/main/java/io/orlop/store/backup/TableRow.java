package io.orlop.store.backup;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.log.LogRecord;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/// A change as a row of etcd's table of changes, whose order is that of the changes.
///
/// ```
///   key     main, 8 bytes, big end first │ '_' │ sub, 8 bytes │ 't' if it is a tombstone
///   value   the change as a protobuf message: key 1, create 2, mod 3, version 4, value 5, lease 6;
///           of a tombstone, the key alone
/// ```
public record TableRow(byte[] key, byte[] value) {
    static final int KEY_BYTES = 17;

    public static TableRow of(LogRecord.Put put) {
        KeyValue kv = put.kv();
        byte[] value = io.orlop.store.proto.mvccpb.KeyValue.newBuilder()
                .setKey(bytes(kv.key()))
                .setCreateRevision(kv.createRevision())
                .setModRevision(kv.modRevision())
                .setVersion(kv.version())
                .setValue(bytes(kv.value()))
                .setLease(kv.lease())
                .build()
                .toByteArray();
        return new TableRow(key(kv.modRevision(), put.sub()), value);
    }

    public static TableRow of(LogRecord.Tombstone tombstone) {
        byte[] key = ByteBuffer.allocate(KEY_BYTES + 1)
                .put(key(tombstone.main(), tombstone.sub()))
                .put((byte) 't')
                .array();
        byte[] value = io.orlop.store.proto.mvccpb.KeyValue.newBuilder()
                .setKey(bytes(tombstone.key()))
                .build()
                .toByteArray();
        return new TableRow(key, value);
    }

    static byte[] key(long main, long sub) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(main)
                .put((byte) '_')
                .putLong(sub)
                .array();
    }

    /// The change, again.
    ///
    /// @throws IOException if the row is none that etcd would write; the message says which
    LogRecord change() throws IOException {
        boolean tombstone = key.length == KEY_BYTES + 1 && key[KEY_BYTES] == 't';
        if (!tombstone && key.length != KEY_BYTES || key[Long.BYTES] != '_') throw unknown("its key");
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

    private static ByteString bytes(Octets octets) {
        return UnsafeByteOperations.unsafeWrap(octets.array());
    }

    private static Octets octets(ByteString bytes) {
        return Octets.wrap(bytes.toByteArray());
    }
}
