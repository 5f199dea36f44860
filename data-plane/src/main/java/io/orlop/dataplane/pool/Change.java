package io.orlop.dataplane.pool;

import io.orlop.disk.bytes.ByteSink;
import io.orlop.disk.bytes.ByteSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// A change of a pool's metadata, as it is written to the log and applied again when the pool is imported.
sealed interface Change {
    /// Clusters of the disk in a row, for own clusters in a row.
    record Run(int own, int disk, int count) {}

    /// @param disk the cluster of the disk that the own cluster gets, negative if it has one
    /// @param pieces that were written
    record Part(int own, int disk, long pieces) {}

    /// A volume, and what a thick one has from the beginning, of which nothing was written.
    record Created(Fact.OfVolume volume, int birth, List<Run> runs) implements Change {}

    record Destroyed(UUID volume) implements Change {}

    record Described(UUID volume, ReplicaProperties properties) implements Change {}

    /// Pieces were written for the first time. It counts only where their data cannot be missing: see [MetadataLog].
    record Wrote(UUID volume, int birth, List<Part> parts) implements Change {}

    /// Pieces read as zeroes again.
    record Cleared(UUID volume, List<Part> parts) implements Change {}

    /// A range of own clusters gave up what it had.
    record Released(UUID volume, int first, int count) implements Change {}

    /// Replaces the fact of this key.
    record Put(Fact fact) implements Change {}

    record Forgotten(byte[] key) implements Change {}

    /// A force failed: what was not forced before may be missing, though it reads back.
    record Doubted() implements Change {}

    default byte[] encode() {
        ByteSink out = new ByteSink(1024);
        switch (this) {
            case Created(Fact.OfVolume volume, int birth, List<Run> runs) -> {
                out.putByte('C');
                put(out, volume);
                out.putVarint(birth);
                out.putVarint(runs.size());
                for (Run run : runs) {
                    out.putVarint(run.own);
                    out.putVarint(run.disk);
                    out.putVarint(run.count);
                }
            }
            case Destroyed(UUID volume) -> {
                out.putByte('D');
                Codec.put(out, volume);
            }
            case Described(UUID volume, ReplicaProperties properties) -> {
                out.putByte('P');
                Codec.put(out, volume);
                Codec.put(out, properties);
            }
            case Wrote(UUID volume, int birth, List<Part> parts) -> {
                out.putByte('W');
                Codec.put(out, volume);
                out.putVarint(birth);
                put(out, parts);
            }
            case Cleared(UUID volume, List<Part> parts) -> {
                out.putByte('Z');
                Codec.put(out, volume);
                put(out, parts);
            }
            case Released(UUID volume, int first, int count) -> {
                out.putByte('R');
                Codec.put(out, volume);
                out.putVarint(first);
                out.putVarint(count);
            }
            case Put(Fact fact) -> {
                out.putByte('K');
                put(out, fact);
            }
            case Forgotten(byte[] key) -> {
                out.putByte('X');
                put(out, key);
            }
            case Doubted() -> out.putByte('?');
        }
        return Codec.bytes(out);
    }

    static Change decode(byte[] bytes) throws IOException {
        ByteSource in = new ByteSource(bytes, 1);
        return switch (bytes[0]) {
            case 'C' -> {
                Fact fact = fact(in);
                if (!(fact instanceof Fact.OfVolume volume)) throw new IOException("a volume without a description");
                int birth = (int) in.varint();
                int count = (int) in.varint();
                List<Run> runs = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    runs.add(new Run((int) in.varint(), (int) in.varint(), (int) in.varint()));
                }
                yield new Created(volume, birth, runs);
            }
            case 'D' -> new Destroyed(Codec.uuid(in));
            case 'P' -> new Described(Codec.uuid(in), Codec.properties(in));
            case 'W' -> new Wrote(Codec.uuid(in), (int) in.varint(), parts(in));
            case 'Z' -> new Cleared(Codec.uuid(in), parts(in));
            case 'R' -> new Released(Codec.uuid(in), (int) in.varint(), (int) in.varint());
            case 'K' -> new Put(fact(in));
            case 'X' -> new Forgotten(in.bytes((int) in.varint()));
            case '?' -> new Doubted();
            default ->
                throw new IOException(
                        "the log has a change of the unknown kind %d: import it with the version that wrote it, and export it"
                                .formatted(bytes[0]));
        };
    }

    private static void put(ByteSink out, Fact fact) {
        put(out, fact.key());
        put(out, fact.value());
    }

    private static void put(ByteSink out, byte[] bytes) {
        out.putVarint(bytes.length);
        out.putBytes(bytes);
    }

    private static Fact fact(ByteSource in) throws IOException {
        byte[] key = in.bytes((int) in.varint());
        return Fact.decode(key, in.bytes((int) in.varint()));
    }

    private static void put(ByteSink out, List<Part> parts) {
        out.putVarint(parts.size());
        for (Part part : parts) {
            out.putVarint(part.own);
            out.putVarint(part.disk + 1);
            out.setLong(out.skip(Long.BYTES), part.pieces);
        }
    }

    private static List<Part> parts(ByteSource in) {
        int count = (int) in.varint();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int own = (int) in.varint();
            int disk = (int) in.varint() - 1;
            parts.add(new Part(own, disk, ByteSource.longAt(in.bytes(Long.BYTES), 0)));
        }
        return parts;
    }
}
