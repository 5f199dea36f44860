package io.orlop.store.bolt;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Reads a database that nobody writes to. Nothing in it is believed: each page must have its own number, keep within
/// itself, be part of one tree only, and keys must be in order.
public final class BoltReader implements AutoCloseable {
    private static final int DEPTH_MAX = 64;

    /// Hears the rows of a bucket, in the order of their keys.
    public interface Rows {
        void row(byte[] key, byte[] value) throws IOException;
    }

    private record Meta(int pageBytes, long root, long pages, long transaction) {}

    private final Path file;
    private final FileChannel channel;
    private final Meta meta;
    private final BitSet seen = new BitSet();

    /// What the file says of each bucket: where its root is, or its only leaf.
    private final TreeMap<String, byte[]> buckets = new TreeMap<>();

    private BoltReader(Path file, FileChannel channel, long size) throws IOException {
        this.file = file;
        this.channel = channel;
        this.meta = meta(size);
        if (size / meta.pageBytes < meta.pages) {
            throw new DamagedDatabaseException(
                    file,
                    "it ends after " + size + " bytes, but its " + meta.pages + " pages of " + meta.pageBytes
                            + " bytes take " + meta.pages * meta.pageBytes);
        }
        new Walk("the table of buckets") {
            @Override
            void leaf(int flags, byte[] key, byte[] value) {
                if ((flags & Pages.IS_BUCKET) != 0) buckets.put(new String(key, UTF_8), value);
            }
        }.tree(meta.root, 0);
    }

    /// @param size where the database ends in the file
    /// @throws DamagedDatabaseException if it is not whole
    public static BoltReader open(Path file, long size) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        try {
            return new BoltReader(file, channel, size);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private Meta meta(long size) throws IOException {
        Meta first = metaAt(0, size);
        Meta second = first == null ? null : metaAt(first.pageBytes, size);
        // Where the first is unreadable, the second is at the end of a first page of any size there may be.
        for (int bytes = Pages.PAGE_BYTES_MIN; first == null && bytes <= Pages.PAGE_BYTES_MAX; bytes *= 2) {
            Meta there = metaAt(bytes, size);
            if (there != null && there.pageBytes == bytes) second = there;
        }
        Meta latest = first == null || second != null && second.transaction > first.transaction ? second : first;
        if (latest == null) {
            throw new DamagedDatabaseException(
                    file, "neither of its first two pages has the mark and the checksum of an etcd database");
        }
        return latest;
    }

    private @Nullable Meta metaAt(long offset, long size) throws IOException {
        if (offset + Pages.HEAD_BYTES + Pages.META_BYTES > size) return null;
        ByteBuffer bytes = read(offset + Pages.HEAD_BYTES, Pages.META_BYTES);
        long checksum = Pages.checksum(bytes.array(), 0, Pages.META_BYTES - Long.BYTES);
        boolean whole = bytes.getInt(0) == Pages.MAGIC
                && bytes.getInt(4) == Pages.VERSION
                && bytes.getLong(Pages.META_BYTES - Long.BYTES) == checksum;
        int pageBytes = bytes.getInt(8);
        if (!whole || pageBytes < Pages.PAGE_BYTES_MIN || pageBytes > Pages.PAGE_BYTES_MAX) return null;
        return new Meta(pageBytes, bytes.getLong(16), bytes.getLong(40), bytes.getLong(48));
    }

    private ByteBuffer read(long offset, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, offset + bytes.position()) < 0) {
                throw new DamagedDatabaseException(file, "it ended while it was read");
            }
        }
        return bytes.flip();
    }

    /// The last one that was written.
    public long transaction() {
        return meta.transaction;
    }

    public SortedSet<String> buckets() {
        return buckets.navigableKeySet();
    }

    /// Reads a bucket, which is read only once.
    public void rows(String bucket, Rows rows) throws IOException {
        byte[] value = buckets.get(bucket);
        if (value == null) return;
        Walk walk = new Walk("bucket " + bucket) {
            @Override
            void leaf(int flags, byte[] key, byte[] content) throws IOException {
                if ((flags & Pages.IS_BUCKET) == 0) rows.row(key, content);
            }
        };
        if (value.length < Pages.BUCKET_BYTES) throw new DamagedDatabaseException(file, walk.name + " has no root");
        ByteBuffer said = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN);
        long root = said.getLong(0);
        if (root != 0) {
            walk.tree(root, 0);
        } else if (value.length < Pages.BUCKET_BYTES + Pages.HEAD_BYTES) {
            throw new DamagedDatabaseException(file, walk.name + " has neither a root nor a leaf");
        } else {
            walk.page(root, said.position(Pages.BUCKET_BYTES).slice().order(ByteOrder.LITTLE_ENDIAN), 0);
        }
    }

    /// A walk through one tree, from the first key to the last.
    private abstract class Walk {
        private final String name;
        private byte @Nullable [] last;

        Walk(String name) {
            this.name = name;
        }

        abstract void leaf(int flags, byte[] key, byte[] value) throws IOException;

        private DamagedDatabaseException damaged(long page, String what) {
            return new DamagedDatabaseException(file, page, what + " (in " + name + ")");
        }

        void tree(long page, int depth) throws IOException {
            if (page <= 1 || page >= meta.pages) throw damaged(page, "there is no such page");
            ByteBuffer head = BoltReader.this.read(page * meta.pageBytes, Pages.HEAD_BYTES);
            if (head.getLong(0) != page) throw damaged(page, "it says that it is page " + head.getLong(0));
            long more = Integer.toUnsignedLong(head.getInt(Pages.OVERFLOW_AT));
            if (page + more >= meta.pages) throw damaged(page, "it goes on for " + more + " pages, past the last");
            for (long each = page; each <= page + more; each++) {
                if (seen.get((int) each)) throw damaged(each, "it has two places");
                seen.set((int) each);
            }
            long bytes = (more + 1) * meta.pageBytes;
            if (bytes > Integer.MAX_VALUE) throw damaged(page, "it goes on for " + more + " pages");
            page(page, BoltReader.this.read(page * meta.pageBytes, (int) bytes), depth);
        }

        void page(long page, ByteBuffer bytes, int depth) throws IOException {
            int kind = bytes.getShort(Pages.KIND_AT);
            int count = Short.toUnsignedInt(bytes.getShort(Pages.COUNT_AT));
            if (kind != Pages.LEAF && kind != Pages.BRANCH) {
                throw damaged(page, "it is neither a leaf nor a branch, but " + kind);
            }
            if (depth > DEPTH_MAX) throw damaged(page, "it is too deep in the tree");
            if (kind == Pages.BRANCH && count == 0) throw damaged(page, "it is a branch with nothing below");
            if (Pages.HEAD_BYTES + count * Pages.ELEMENT_BYTES > bytes.limit()) {
                throw damaged(page, count + " keys do not fit into it");
            }
            for (int i = 0; i < count; i++) {
                int at = Pages.HEAD_BYTES + i * Pages.ELEMENT_BYTES;
                if (kind == Pages.BRANCH) {
                    tree(bytes.getLong(at + 8), depth + 1);
                    continue;
                }
                long from = at + Integer.toUnsignedLong(bytes.getInt(at + 4));
                byte[] key = slice(page, bytes, from, bytes.getInt(at + 8));
                byte[] value = slice(page, bytes, from + key.length, bytes.getInt(at + 12));
                if (last != null && Arrays.compareUnsigned(last, key) >= 0) {
                    throw damaged(page, "its key " + i + " is not after the one before it");
                }
                last = key;
                leaf(bytes.getInt(at), key, value);
            }
        }

        private byte[] slice(long page, ByteBuffer bytes, long from, int length) throws IOException {
            if (length < 0 || from + length > bytes.limit()) {
                throw damaged(page, "something in it goes past its end");
            }
            byte[] slice = new byte[length];
            bytes.get((int) from, slice);
            return slice;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
