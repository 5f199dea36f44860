package io.orlop.disk.bytes;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads back what a [ByteSink] wrote. Bounds are Java's: whoever reads has checked the CRC first.
public final class ByteSource {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
            .withInvokeExactBehavior();

    private final byte[] bytes;
    private int at;

    public ByteSource(byte[] bytes, int at) {
        this.bytes = bytes;
        this.at = at;
    }

    public static int intAt(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at);
    }

    public static long longAt(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    public int at() {
        return at;
    }

    public long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = bytes[at++];
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) return value;
        }
    }

    public void bytes(byte[] into, int from, int count) {
        System.arraycopy(bytes, at, into, from, count);
        at += count;
    }

    public void skip(int count) {
        at += count;
    }

    public byte[] bytes(int count) {
        byte[] copy = Arrays.copyOfRange(bytes, at, at + count);
        at += count;
        return copy;
    }
}
