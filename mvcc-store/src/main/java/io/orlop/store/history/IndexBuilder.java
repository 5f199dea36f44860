package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds an index from changes that come in the order of their keys: leaf by leaf, and then the way to them. That is
/// much less work than to look for the place of each.
public final class IndexBuilder {
    /// Not full, so that the next keys to come find room.
    private static final int FILL = 48;

    private final byte[][] keys = new byte[FILL][];
    private final long[] singles = new long[2 * FILL];
    private final long[] generations = new long[FILL];
    private long[] @Nullable [] longer = new long[FILL][];
    private int size;
    private @Nullable Change last;
    private boolean lastIsArchived;

    private long bytes;
    private final List<Node> leaves = new ArrayList<>();

    /// Between each leaf and the next.
    private final List<byte[]> separators = new ArrayList<>();

    /// @param key not smaller than the one before; if it is the same, the change is later
    /// @param archived whether the archive of the index to be will have this change, and all before it
    public void add(Octets key, Change change, boolean archived) {
        byte[] bytes = key.array();
        boolean isSame = size > 0 && Arrays.equals(keys[size - 1], bytes);
        if (isSame && !lastIsArchived) {
            addToLast(change);
            return;
        }
        if (isSame) size--;
        else if (size == FILL) endLeaf(bytes);
        keys[size] = bytes;
        generations[size] = 0;
        longer[size] = null;
        if (Leaf.isSingle(change)) Leaf.fillSingle(singles, generations, size, change);
        else longer[size] = Changes.of(change);
        last = change;
        lastIsArchived = archived;
        size++;
    }

    private void addToLast(Change change) {
        long[] before = longer[size - 1];
        if (before == null && last != null) before = Changes.of(last);
        longer[size - 1] = before == null ? Changes.of(change) : Changes.append(before, change);
    }

    private void endLeaf(byte[] next) {
        addLeaf();
        byte[] before = keys[size - 1];
        separators.add(Arrays.copyOf(next, 1 + PackedKeys.sharedLength(before, next)));
        longer = new long[FILL][];
        size = 0;
    }

    private void addLeaf() {
        Leaf leaf = new Leaf(
                PackedKeys.of(keys, 0, size),
                Arrays.copyOf(singles, 2 * size),
                Leaf.orNull(Arrays.copyOf(generations, size)),
                Leaf.orNull(Arrays.copyOf(longer, size)));
        leaves.add(leaf);
        bytes += leaf.bytes();
    }

    /// About how many bytes of memory it took so far.
    public long bytes() {
        return bytes;
    }

    public KeyIndex build() {
        addLeaf();
        List<Node> level = leaves;
        List<byte[]> between = separators;
        while (level.size() > 1) {
            List<Node> above = new ArrayList<>();
            List<byte[]> betweenAbove = new ArrayList<>();
            for (int from = 0; from < level.size(); from += FILL) {
                int to = Math.min(from + FILL, level.size());
                byte[][] inside = between.subList(from, to - 1).toArray(byte[][]::new);
                Node[] children = level.subList(from, to).toArray(Node[]::new);
                above.add(new Inner(PackedKeys.of(inside, 0, inside.length), children));
                if (to < level.size()) betweenAbove.add(between.get(to - 1));
            }
            level = above;
            between = betweenAbove;
        }
        return new KeyIndex(level.getFirst(), bytes, Archive.NONE);
    }
}
