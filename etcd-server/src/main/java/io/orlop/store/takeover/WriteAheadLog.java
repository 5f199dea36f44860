package io.orlop.store.takeover;

import com.google.protobuf.InvalidProtocolBufferException;
import io.orlop.store.proto.walpb.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The files of etcd's write-ahead log, which are read and never written. As long as they are open here, no etcd starts
/// on them.
///
/// ```
///   <number>-<first index>.wal     a row of frames, then zeros: the file is made as long as it will be
///
///   │ 8 bytes, little end first      │ record                    │ padding │
///   │ top byte: 0, or 0x80 + padding │ type, CRC32C so far, data │ 0 to 7  │
///   │ the rest: the record's length  │                           │         │
/// ```
/// The checksum is of the data of all records before, those of earlier files too: each file begins with what it was
/// at the end of the one before. The last frame may be torn where a page of the file was never written; nobody was
/// told of it. Everything else that does not fit is damage. Some of that etcd cuts off when it starts; the message says
/// so.
final class WriteAheadLog implements AutoCloseable {
    static final int METADATA = 1;
    static final int ENTRY = 2;
    static final int STATE = 3;
    static final int SNAPSHOT = 5;

    /// What a power cut leaves where pages were written in another order than that of the frames.
    private static final String REPAIR = "; if a power cut left that, one start of etcd on the directory repairs it";

    private static final int CRC = 4;
    private static final int SECTOR = 512;
    private static final Pattern NAME = Pattern.compile("([0-9a-f]{16})-[0-9a-f]{16}\\.wal");

    interface Records {
        void record(Record record) throws IOException;
    }

    private record Wal(Path path, FileChannel channel, long size) {}

    private final List<Wal> files = new ArrayList<>();
    private final Crc32c sum = new Crc32c();

    private WriteAheadLog() {}

    /// @throws IOException if an etcd uses it
    static WriteAheadLog open(Path directory) throws IOException {
        WriteAheadLog log = new WriteAheadLog();
        try {
            for (Path path : paths(directory)) {
                FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
                log.files.add(new Wal(path, channel, channel.size()));
                if (channel.tryLock(0, Long.MAX_VALUE, true) == null) {
                    throw new IOException("an etcd is running on " + directory + "; stop it first");
                }
            }
            return log;
        } catch (IOException | RuntimeException e) {
            log.close();
            throw e;
        }
    }

    private static List<Path> paths(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) return List.of();
        List<Path> paths;
        try (var files = Files.list(directory)) {
            paths = files.filter(file -> number(file) >= 0).sorted().toList();
        }
        for (int i = 1; i < paths.size(); i++) {
            if (number(paths.get(i)) == number(paths.get(i - 1)) + 1) continue;
            throw new IOException("between " + paths.get(i - 1) + " and " + paths.get(i) + " a file is missing");
        }
        return paths;
    }

    private static long number(Path file) {
        Matcher name = NAME.matcher(file.getFileName().toString());
        return name.matches() ? Long.parseUnsignedLong(name.group(1), 16) : -1;
    }

    boolean isEmpty() {
        return files.isEmpty();
    }

    /// Reads it to the end, or to where it is torn.
    ///
    /// @throws IOException if something in it is damaged; the message says where
    void read(Records records) throws IOException {
        for (int i = 0; i < files.size(); i++) read(files.get(i), i == 0, i == files.size() - 1, records);
    }

    private void read(Wal file, boolean first, boolean last, Records records) throws IOException {
        long offset = 0;
        while (offset + Long.BYTES <= file.size) {
            long head = bytes(file, offset, Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .getLong(0);
            if (head == 0) break;
            long length = head & (1L << 56) - 1;
            long padding = head < 0 ? head >>> 56 & 7 : 0;
            long from = offset + Long.BYTES;
            long end = from + length + padding;
            Record record = end <= file.size && end <= from + Integer.MAX_VALUE ? whole(file, from, length) : null;
            if (record == null || !fits(record, first && offset == 0)) {
                long there = Math.min(end, file.size);
                boolean unwritten = hasUnwrittenSector(file, from, there);
                if (last && unwritten && isZero(file, there, file.size)) return;
                String repair = last && (unwritten || end > file.size) ? REPAIR : "";
                throw damaged(file, offset, "its checksum does not match" + repair);
            }
            // The checksum is of the data alone.
            if (record.getType() < METADATA || record.getType() > SNAPSHOT) {
                throw damaged(file, offset, "it has a record of an unknown kind, " + record.getType());
            }
            records.record(record);
            offset = end;
        }
        if (!isZero(file, offset, file.size)) {
            throw damaged(file, offset, "there is something after its end" + (last ? REPAIR : ""));
        }
    }

    /// @return null if it is no record
    private static @Nullable Record whole(Wal file, long from, long length) throws IOException {
        try {
            return Record.parseFrom(bytes(file, from, (int) length));
        } catch (InvalidProtocolBufferException e) {
            return null;
        }
    }

    /// @param begins whether nothing is known of what was before
    private boolean fits(Record record, boolean begins) {
        if (record.getType() != CRC) sum.update(record.getData());
        else if (begins) sum.goOnFrom(record.getCrc());
        return record.getCrc() == sum.value();
    }

    private static boolean hasUnwrittenSector(Wal file, long from, long end) throws IOException {
        for (long at = from; at < end; ) {
            long next = Math.min(end, (at / SECTOR + 1) * SECTOR);
            if (isZero(file, at, next)) return true;
            at = next;
        }
        return false;
    }

    private static boolean isZero(Wal file, long from, long end) throws IOException {
        int piece = 1 << 20;
        for (long at = from; at < end; at += piece) {
            byte[] some = bytes(file, at, (int) Math.min(piece, end - at)).array();
            if (Arrays.mismatch(some, new byte[some.length]) >= 0) return false;
        }
        return true;
    }

    private static ByteBuffer bytes(Wal file, long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (file.channel.read(bytes, offset + bytes.position()) < 0) {
                throw damaged(file, offset, "it ended while it was read");
            }
        }
        return bytes.flip();
    }

    private static IOException damaged(Wal file, long offset, String what) {
        return new IOException(file.path + " is damaged at offset " + offset + ": " + what);
    }

    @Override
    public void close() throws IOException {
        for (Wal file : files) file.channel.close();
    }
}
