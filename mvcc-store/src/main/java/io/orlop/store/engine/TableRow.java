package io.orlop.store.engine;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.log.LogRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;

/// A change as a row of etcd's table of changes, whose order is that of the changes.
///
/// ```
///   key     main, 8 bytes, big end first │ '_' │ sub, 8 bytes │ 't' if it is a tombstone
///   value   the change as a protobuf message: key 1, create 2, mod 3, version 4, value 5, lease 6;
///           of a tombstone, the key alone
/// ```
public record TableRow(byte[] key, byte[] value) {
    public static final int KEY_BYTES = 17;

    /// Of a protobuf field: its number, and whether a length and bytes follow, or a number.
    private static final int NUMBER = 0;

    private static final int BYTES = 2;

    public static TableRow of(LogRecord.Put put) {
        KeyValue kv = put.kv();
        ByteSink message = new ByteSink(64 + kv.key().length() + kv.value().length());
        field(message, 1, kv.key());
        field(message, 2, kv.createRevision());
        field(message, 3, kv.modRevision());
        field(message, 4, kv.version());
        field(message, 5, kv.value());
        field(message, 6, kv.lease());
        return new TableRow(key(kv.modRevision(), put.sub()), whole(message));
    }

    public static TableRow of(LogRecord.Tombstone tombstone) {
        byte[] key = ByteBuffer.allocate(KEY_BYTES + 1)
                .put(key(tombstone.main(), tombstone.sub()))
                .put((byte) 't')
                .array();
        ByteSink message = new ByteSink(16 + tombstone.key().length());
        field(message, 1, tombstone.key());
        return new TableRow(key, whole(message));
    }

    public static byte[] key(long main, long sub) {
        return ByteBuffer.allocate(KEY_BYTES)
                .putLong(main)
                .put((byte) '_')
                .putLong(sub)
                .array();
    }

    /// What is as it is by default is left out.
    private static void field(ByteSink message, int number, long value) {
        if (value == 0) return;
        message.putVarint(number << 3 | NUMBER);
        message.putVarint(value);
    }

    private static void field(ByteSink message, int number, Octets value) {
        if (value.length() == 0) return;
        message.putVarint(number << 3 | BYTES);
        message.putVarint(value.length());
        message.putBytes(value.array());
    }

    private static byte[] whole(ByteSink message) {
        return Arrays.copyOf(message.array(), message.size());
    }
}
