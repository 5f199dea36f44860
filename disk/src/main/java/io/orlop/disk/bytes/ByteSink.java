package io.orlop.disk.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A byte array that grows as it is written.
public final class ByteSink {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private static final int BYTES_AT_FIRST = 4096;

    private final int keptBytes;
    private byte[] bytes;
    private int size;

    /// @param keptBytes the room kept when the sink is cleared; of more, what was needed lately is kept
    public ByteSink(int keptBytes) {
        this.keptBytes = keptBytes;
        this.bytes = new byte[Math.min(keptBytes, BYTES_AT_FIRST)];
    }

    public byte[] array() {
        return bytes;
    }

    public int size() {
        return size;
    }

    public void clear() {
        if (bytes.length > keptBytes && size < bytes.length / 4)
            bytes = new byte[Math.max(keptBytes, bytes.length / 2)];
        size = 0;
    }

    /// Empty, and with no more room than is kept.
    public void shrink() {
        if (bytes.length > keptBytes) bytes = new byte[Math.min(keptBytes, BYTES_AT_FIRST)];
        size = 0;
    }

    public void truncate(int to) {
        size = to;
    }

    /// Leaves room, to be filled with [#setInt] and [#setLong].
    public int skip(int count) {
        int at = room(count);
        Arrays.fill(bytes, at, at + count, (byte) 0);
        return at;
    }

    public void putByte(int value) {
        int at = room(1);
        bytes[at] = (byte) value;
    }

    public void putVarint(long value) {
        int at = room(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[at++] = (byte) (rest & 0x7f | 0x80);
            rest >>>= 7;
        }
        bytes[at++] = (byte) rest;
        size = at;
    }

    public void putBytes(byte[] source) {
        int at = room(source.length);
        System.arraycopy(source, 0, bytes, at, source.length);
    }

    public void putBytes(byte[] source, int from, int count) {
        int at = room(count);
        System.arraycopy(source, from, bytes, at, count);
    }

    public void setInt(int at, int value) {
        INTS.set(bytes, at, value);
    }

    public void setLong(int at, long value) {
        LONGS.set(bytes, at, value);
    }

    public int crc(int from, int to) {
        return Checksum.of(bytes, from, to);
    }

    private int room(int count) {
        int at = size;
        if (bytes.length - at < count) {
            bytes = Arrays.copyOf(bytes, Math.max(at + count, bytes.length + (bytes.length >> 1)));
        }
        size = at + count;
        return at;
    }
}
