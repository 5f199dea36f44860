package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// All facts of a pool as they were at a checkpoint: a tree of nodes that are never changed.
///
/// ```
///   generation 7    root ──► inner ─┬─► leaf a…   leaf g…   leaf q…
///                                   │      ▲                   ▲
///   generation 8    root'──► inner'─┴──────┴──► leaf g…' ──────╯        what changed begins with g
/// ```
///
/// The next checkpoint reads the leaves in which something changes and writes them elsewhere, and all above the leaves:
/// they are few, one for some hundred leaves. A leaf that would be less than half full is written together with its
/// neighbour. Entries of unknown kinds go along.
final class Tree {
    private record Leaf(Pointer pointer, int bytes) {}

    private final Disk disk;
    private final UUID incarnation;
    private final Pointer root;
    private final TreeMap<byte[], Leaf> leaves = new TreeMap<>(Arrays::compareUnsigned);
    private final List<Long> above = new ArrayList<>();

    private Tree(Disk disk, UUID incarnation, Pointer root) {
        this.disk = disk;
        this.incarnation = incarnation;
        this.root = root;
    }

    interface Reader {
        void entry(byte[] key, byte[] value) throws IOException;
    }

    static Tree empty(Disk disk, UUID incarnation) {
        return new Tree(disk, incarnation, Pointer.NONE);
    }

    /// Reads the whole tree.
    ///
    /// @throws IOException if any of it is damaged
    static Tree load(Disk disk, UUID incarnation, Pointer root, Reader reader) throws IOException {
        Tree tree = new Tree(disk, incarnation, root);
        if (!root.equals(Pointer.NONE)) tree.load(root, reader);
        return tree;
    }

    private void load(Pointer pointer, Reader reader) throws IOException {
        Node node = read(pointer);
        if (node.level() > 0) {
            above.add(pointer.address());
            for (Node.Entry entry : node.entries()) load(entry.pointer(), reader);
            return;
        }
        leaves.put(node.entries().getFirst().key(), new Leaf(pointer, sizeOf(node.entries())));
        for (Node.Entry entry : node.entries()) reader.entry(entry.key(), entry.value());
    }

    private Node read(Pointer pointer) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(Geometry.SLOT);
        disk.read(pointer.address(), slot);
        return Node.decode(slot, incarnation, pointer)
                .orElseThrow(
                        () -> new IOException("its metadata is damaged: the node of generation %d at %d is not there"
                                .formatted(pointer.generation(), pointer.address())));
    }

    Pointer root() {
        return root;
    }

    /// The addresses of all its nodes.
    List<Long> addresses() {
        List<Long> all = new ArrayList<>(above);
        for (Leaf leaf : leaves.values()) all.add(leaf.pointer.address());
        return all;
    }

    /// Where a node may be written.
    interface Place {
        long take() throws IOException;
    }

    /// The tree after these changes; an empty value takes the entry away. This one stays as it is. Nothing is forced.
    Tree with(NavigableMap<byte[], Optional<byte[]>> changes, long generation, Place place) throws IOException {
        TreeMap<byte[], Leaf> next = new TreeMap<>(leaves);
        for (List<Node.Entry> entries : rewritten(changes, next)) {
            for (List<Node.Entry> part : divide(entries)) {
                Pointer pointer = write(new Node(0, part), generation, place);
                next.put(part.getFirst().key(), new Leaf(pointer, sizeOf(part)));
            }
        }
        List<Node.Entry> level = new ArrayList<>();
        next.forEach((key, leaf) -> level.add(Node.Entry.to(key, leaf.pointer)));
        List<Long> written = new ArrayList<>();
        Pointer top = writeAbove(level, generation, place, written);
        Tree tree = new Tree(disk, incarnation, top);
        tree.leaves.putAll(next);
        tree.above.addAll(written);
        return tree;
    }

    private Pointer writeAbove(List<Node.Entry> leaves, long generation, Place place, List<Long> written)
            throws IOException {
        List<Node.Entry> level = leaves;
        for (int height = 1; level.size() > 1; height++) {
            List<Node.Entry> upper = new ArrayList<>();
            for (List<Node.Entry> part : divide(level)) {
                Pointer pointer = write(new Node(height, part), generation, place);
                written.add(pointer.address());
                upper.add(Node.Entry.to(part.getFirst().key(), pointer));
            }
            level = upper;
        }
        return level.isEmpty() ? Pointer.NONE : level.getFirst().pointer();
    }

    /// Takes the leaves in which something changes out of `kept`.
    ///
    /// @return what to write in their stead, in order; each of them as many leaves as it takes
    private List<List<Node.Entry>> rewritten(NavigableMap<byte[], Optional<byte[]>> changes, TreeMap<byte[], Leaf> kept)
            throws IOException {
        List<List<Node.Entry>> all = new ArrayList<>();
        byte @Nullable [] from = changes.isEmpty() ? null : changes.firstKey();
        while (from != null) {
            byte @Nullable [] first = kept.floorKey(from);
            if (first == null) first = kept.ceilingKey(from);
            byte @Nullable [] end = first == null ? null : kept.higherKey(first);
            TreeMap<byte[], byte[]> content = new TreeMap<>(Arrays::compareUnsigned);
            if (first != null) content.putAll(take(first, kept));
            apply(until(end, changes.tailMap(from, true)), content);
            // Too few for a leaf of their own: with those of the next, and what changes there; or of the one before.
            while (sizeOf(content) < Node.ROOM / 2 && end != null) {
                byte @Nullable [] following = kept.higherKey(end);
                content.putAll(take(end, kept));
                apply(until(following, changes.tailMap(end, true)), content);
                end = following;
            }
            if (first != null && sizeOf(content) < Node.ROOM / 2) joinWithBefore(first, content, kept, all);
            if (!content.isEmpty()) {
                List<Node.Entry> entries = new ArrayList<>();
                content.forEach((key, value) -> entries.add(new Node.Entry(key, value)));
                all.add(entries);
            }
            from = end == null ? null : changes.ceilingKey(end);
        }
        return all;
    }

    /// The one before is a leaf that was to stay, or what was rewritten last.
    private void joinWithBefore(
            byte[] first, TreeMap<byte[], byte[]> content, TreeMap<byte[], Leaf> kept, List<List<Node.Entry>> rewritten)
            throws IOException {
        byte @Nullable [] before = kept.lowerKey(first);
        byte @Nullable [] last =
                rewritten.isEmpty() ? null : rewritten.getLast().getFirst().key();
        if (last != null && (before == null || Arrays.compareUnsigned(before, last) < 0)) {
            for (Node.Entry entry : rewritten.removeLast()) content.put(entry.key(), entry.value());
        } else if (before != null) {
            content.putAll(take(before, kept));
        }
    }

    private Map<byte[], byte[]> take(byte[] first, TreeMap<byte[], Leaf> kept) throws IOException {
        Leaf leaf = kept.remove(first);
        if (leaf == null) throw new AssertionError("there is no such leaf");
        Map<byte[], byte[]> content = new TreeMap<>(Arrays::compareUnsigned);
        for (Node.Entry entry : read(leaf.pointer).entries()) content.put(entry.key(), entry.value());
        return content;
    }

    private static NavigableMap<byte[], Optional<byte[]>> until(
            byte @Nullable [] end, NavigableMap<byte[], Optional<byte[]>> changes) {
        return end == null ? changes : changes.headMap(end, false);
    }

    private static void apply(Map<byte[], Optional<byte[]>> changes, Map<byte[], byte[]> content) {
        changes.forEach(
                (key, value) -> value.ifPresentOrElse(there -> content.put(key, there), () -> content.remove(key)));
    }

    /// Into nodes of about the same size, none larger than a node can be.
    private static List<List<Node.Entry>> divide(List<Node.Entry> entries) {
        int rest = sizeOf(entries);
        List<List<Node.Entry>> parts = new ArrayList<>();
        Iterator<Node.Entry> from = entries.iterator();
        List<Node.Entry> part = new ArrayList<>();
        int size = 0;
        int wanted = share(rest);
        while (from.hasNext()) {
            Node.Entry entry = from.next();
            if (!part.isEmpty() && (size + entry.size() > Node.ROOM || size >= wanted)) {
                parts.add(part);
                rest -= size;
                part = new ArrayList<>();
                size = 0;
                wanted = share(rest);
            }
            part.add(entry);
            size += entry.size();
        }
        if (!part.isEmpty()) parts.add(part);
        return parts;
    }

    private static int share(int bytes) {
        return bytes / Math.max(1, Math.ceilDiv(bytes, Node.ROOM));
    }

    private Pointer write(Node node, long generation, Place place) throws IOException {
        long address = place.take();
        ByteBuffer slot = node.encode(incarnation, address, generation);
        disk.write(address, slot);
        return new Pointer(address, generation, Node.checksumOf(slot));
    }

    private static int sizeOf(List<Node.Entry> entries) {
        return entries.stream().mapToInt(Node.Entry::size).sum();
    }

    private static int sizeOf(Map<byte[], byte[]> content) {
        int size = 0;
        for (var entry : content.entrySet()) size += new Node.Entry(entry.getKey(), entry.getValue()).size();
        return size;
    }
}
