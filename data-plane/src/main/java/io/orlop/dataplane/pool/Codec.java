package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// How the parts of records and entries are written: texts with their length, uuids as they are read aloud.
final class Codec {
    private Codec() {}

    static void put(ByteSink out, UUID uuid) {
        for (long half : new long[] {uuid.getMostSignificantBits(), uuid.getLeastSignificantBits()}) {
            for (int shift = Long.SIZE - 8; shift >= 0; shift -= 8) out.putByte((int) (half >>> shift));
        }
    }

    static UUID uuid(ByteSource in) {
        return new UUID(bigEndian(in, Long.BYTES), bigEndian(in, Long.BYTES));
    }

    /// So that the order of bytes is the order of numbers.
    static void putOrdered(ByteSink out, int number) {
        for (int shift = Integer.SIZE - 8; shift >= 0; shift -= 8) out.putByte(number >>> shift);
    }

    static int ordered(ByteSource in) {
        return (int) bigEndian(in, Integer.BYTES);
    }

    private static long bigEndian(ByteSource in, int bytes) {
        long value = 0;
        for (byte one : in.bytes(bytes)) value = value << 8 | one & 0xff;
        return value;
    }

    static void put(ByteSink out, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        out.putVarint(utf8.length);
        out.putBytes(utf8);
    }

    static String text(ByteSource in) {
        return new String(in.bytes((int) in.varint()), StandardCharsets.UTF_8);
    }

    static void put(ByteSink out, boolean fact) {
        out.putByte(fact ? 1 : 0);
    }

    static boolean fact(ByteSource in) {
        return in.bytes(1)[0] != 0;
    }

    static void put(ByteSink out, ReplicaProperties properties) {
        put(out, properties.shared());
        out.putVarint(properties.allowedHosts().size());
        for (String host : properties.allowedHosts()) put(out, host);
        put(out, properties.entityId());
    }

    static ReplicaProperties properties(ByteSource in) {
        boolean shared = fact(in);
        int count = (int) in.varint();
        List<String> hosts = new ArrayList<>();
        for (int i = 0; i < count; i++) hosts.add(text(in));
        return new ReplicaProperties(shared, hosts, text(in));
    }

    static byte[] bytes(ByteSink out) {
        return Arrays.copyOf(out.array(), out.size());
    }
}
