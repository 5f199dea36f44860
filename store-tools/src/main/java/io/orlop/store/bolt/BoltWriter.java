package io.orlop.store.bolt;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes a database from front to back, with one page in memory for each level of the tree. A page is written when it
/// is full, and only then has a number, so pages come in the order in which they are finished:
///
/// ```
///   0 1 2     3     4     5     6        7     8        9
///   meta …  │ a…f │ g…m │ n…s │ a g n │ t…w │ x…z │ 6 and t x │ …   the last page is that of the buckets
/// ```
/// The pages in front name the last one. So whoever writes to a stream does it twice: once to nowhere, for the
/// [Extent], and once in earnest.
public final class BoltWriter {
    /// @param root the page that says where the buckets are
    /// @param pages how many there are
    public record Extent(long root, long pages) {
        /// For the run that finds it out.
        public static final Extent UNKNOWN = new Extent(0, 0);

        public long bytes() {
            return pages * Pages.PAGE_BYTES;
        }
    }

    private final OutputStream out;
    private final TreeMap<String, Long> buckets = new TreeMap<>();
    private final List<Node> levels = new ArrayList<>();
    private @Nullable String bucket;
    private long next;

    public BoltWriter(OutputStream out, Extent extent) throws IOException {
        this.out = out;
        for (int number = 0; number < 2; number++) out.write(meta(number, extent));
        ByteBuffer free = page(Pages.FREE_LIST_PAGE, Pages.FREE_LIST);
        out.write(free.array());
        next = Pages.FREE_LIST_PAGE + 1;
    }

    private static ByteBuffer page(long number, int kind) {
        ByteBuffer page = ByteBuffer.allocate(Pages.PAGE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        return page.putLong(number).putShort((short) kind).position(Pages.HEAD_BYTES);
    }

    /// Both say the same, as of two transactions of which the later changed nothing.
    private static byte[] meta(int number, Extent extent) {
        ByteBuffer page = page(number, Pages.META);
        page.putInt(Pages.MAGIC).putInt(Pages.VERSION).putInt(Pages.PAGE_BYTES).putInt(0);
        page.putLong(extent.root).putLong(0).putLong(Pages.FREE_LIST_PAGE).putLong(extent.pages);
        page.putLong(number);
        return page.putLong(Pages.checksum(page.array(), Pages.HEAD_BYTES, page.position()))
                .array();
    }

    /// What is put from now on goes there. Each name once, in any order.
    public void bucket(String name) throws IOException {
        finishBucket();
        bucket = name;
        levels.add(new Node(Pages.LEAF));
    }

    /// Keys of a bucket come in order.
    public void put(byte[] key, byte[] value) throws IOException {
        add(0, new Element.Row(key, value));
    }

    private void add(int level, Element element) throws IOException {
        if (level == levels.size()) levels.add(new Node(Pages.BRANCH));
        Node node = levels.get(level);
        assert level > 0
                        || node.count() == 0
                        || Arrays.compareUnsigned(node.last().key(), element.key()) < 0
                : "keys come in order";
        if (!node.hasRoomFor(element)) {
            flush(level);
            node = levels.get(level);
        }
        node.add(element);
    }

    private void flush(int level) throws IOException {
        Node full = levels.set(level, new Node(level == 0 ? Pages.LEAF : Pages.BRANCH));
        add(level + 1, new Element.Child(full.first().key(), write(full)));
    }

    private long write(Node node) throws IOException {
        long page = next;
        out.write(node.encode(page));
        next += node.pages();
        return page;
    }

    private void finishBucket() throws IOException {
        if (bucket == null) return;
        buckets.put(bucket, finishTree());
        bucket = null;
    }

    /// @return the page of the root
    private long finishTree() throws IOException {
        for (int level = 0; level < levels.size() - 1; level++) flush(level);
        Node top = levels.getLast();
        levels.clear();
        // A leaf that is alone is the root; there is always more than one page below a branch that is.
        return write(top);
    }

    /// Writes the rest.
    public Extent finish() throws IOException {
        finishBucket();
        levels.add(new Node(Pages.LEAF));
        for (var each : buckets.entrySet()) add(0, Element.Bucket.at(each.getKey(), each.getValue()));
        long root = finishTree();
        return new Extent(root, next);
    }
}
