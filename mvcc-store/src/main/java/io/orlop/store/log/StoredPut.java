package io.orlop.store.log;

import io.orlop.disk.bytes.ByteSource;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import java.util.Arrays;

/// A put as the log has it, for those who look at many: one after the other, in the same place. Whoever wants to keep
/// one asks for a [KeyValue].
public final class StoredPut {
    private byte[] bytes = new byte[0];
    private int end;
    private long mod;
    private long create;
    private long version;
    private long lease;
    private int keyAt;
    private int valueAt;

    /// A place for a record of so many bytes.
    byte[] room(int count) {
        if (bytes.length < count) bytes = new byte[Math.max(count, 2 * bytes.length)];
        end = count;
        return bytes;
    }

    /// Understands what is there now, whose checksum is right.
    ///
    /// @return whether it is a put
    boolean parse() {
        if (!RecordCodec.isPut(bytes, 0)) return false;
        ByteSource body = new ByteSource(bytes, RecordCodec.HEAD_BYTES);
        mod = body.varint();
        body.varint();
        create = body.varint();
        version = body.varint();
        lease = body.varint();
        int keyBytes = (int) body.varint();
        keyAt = body.at();
        valueAt = keyAt + keyBytes;
        return true;
    }

    /// What the other numbers are places in.
    public byte[] bytes() {
        return bytes;
    }

    public int keyAt() {
        return keyAt;
    }

    public int keyLength() {
        return valueAt - keyAt;
    }

    public int valueAt() {
        return valueAt;
    }

    public int valueLength() {
        return end - valueAt;
    }

    public long createRevision() {
        return create;
    }

    public long modRevision() {
        return mod;
    }

    public long version() {
        return version;
    }

    public long lease() {
        return lease;
    }

    public KeyValue kv() {
        Octets key = Octets.wrap(Arrays.copyOfRange(bytes, keyAt, valueAt));
        Octets value = Octets.wrap(Arrays.copyOfRange(bytes, valueAt, end));
        return new KeyValue(key, value, create, mod, version, lease);
    }
}
