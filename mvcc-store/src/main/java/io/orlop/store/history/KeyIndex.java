package io.orlop.store.history;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Every key that has a history, in order: a B+tree of packed leaves. One thread writes, any thread reads, nobody takes
/// a lock.
/// ```
///                          Inner   | /m | /t |                 separators never change,
///                         /        |      \                    children are replaced in their place
///                 Leaf a b c    Leaf m n    Leaf t u v w       keys never change
/// ```
/// The writer adds to a node in place only what is later than all that anybody may read. Anything else makes a new
/// leaf, put in the place of the old one with one store. When a leaf is split or joined, its parent is made anew as
/// well, and takes its place in the same way; a full parent is split likewise, up to the root.
///
/// Why a reader misses nothing. It takes the published revision first and the root after it, so every change up to that
/// revision is below that root. From then on, what is below a node in a node's span of keys is only replaced by
/// something later of at least the same span; and a node that lost its place is never written again, but what it points
/// to goes on to be replaced in its new parent. So wherever the reader is, it finds its span as it was at some moment
/// after it began: all it looks for, and perhaps something later, which its revision leaves out. What a compaction
/// takes away in the meantime, the reader notices afterwards from the compacted revision.
public final class KeyIndex {
    private volatile Node root;

    /// About how much memory the leaves take.
    private final AtomicLong bytes;

    /// The writer's: the way that it went last, and for which key, if the tree is still the same.
    private final Way way = new Way();

    private byte @Nullable [] wayTo;

    final Archive archive;

    /// The index of nothing, which keeps all that it hears.
    public KeyIndex() {
        this(Leaf.EMPTY, 0, Archive.NONE);
    }

    KeyIndex(Node root, long bytes, Archive archive) {
        this.root = root;
        this.bytes = new AtomicLong(bytes);
        this.archive = archive;
    }

    /// The same index, over this archive. The one before must not be used any more.
    public KeyIndex over(Archive older) {
        return new KeyIndex(root, bytes.get(), older);
    }

    /// About how many bytes of memory it takes.
    public long bytes() {
        return bytes.get();
    }

    private void grew(long by) {
        bytes.lazySet(bytes.get() + by);
    }

    public @Nullable KeyHistory history(Octets key) {
        byte[] bytes = key.array();
        Node node = root;
        while (node instanceof Inner inner) node = inner.child(inner.placeOf(bytes));
        Leaf leaf = (Leaf) node;
        int found = leaf.keys.find(bytes);
        return found < 0 ? null : new KeyHistory(this, leaf, found);
    }

    /// Like [#history] for the writer, who is about to append to it.
    public @Nullable KeyHistory historyToAppend(Octets key) {
        byte[] bytes = key.array();
        go(bytes);
        wayTo = bytes;
        Leaf leaf = way.leaf();
        int found = leaf.keys.find(bytes);
        return found < 0 ? null : new KeyHistory(this, leaf, found);
    }

    private void go(byte[] key) {
        way.descend(root, key);
        wayTo = null;
    }

    /// The histories of these keys in key order; some may be dead, or not born, at the revision one looks at.
    public Iterable<KeyHistory> histories(KeyRange keys) {
        return () -> walk(keys);
    }

    public KeyWalk walk(KeyRange keys) {
        return new KeyWalk(this, keys, root);
    }

    /// Only the writer calls this.
    public void append(Octets key, Change change) {
        byte[] name = key.array();
        if (wayTo != name) go(name);
        wayTo = null;
        Leaf leaf = way.leaf();
        int found = leaf.keys.find(name);
        if (found >= 0) {
            long before = Leaf.bytes(leaf.longer(found));
            Leaf after = leaf.appended(found, change);
            grew(after == leaf ? Leaf.bytes(leaf.longer(found)) - before : after.bytes() - leaf.bytes());
            if (after != leaf) place(way.depth(), after);
            return;
        }
        int place = -1 - found;
        Leaf wider = leaf.inserted(place, name, change);
        grew(wider.bytes() - leaf.bytes());
        if (wider.size() <= Node.SIZE_MAX) place(way.depth(), wider);
        else split(wider, place);
    }

    /// Puts a node in its place: below the root, at this level, on the way that the writer took.
    private void place(int level, Node node) {
        if (level == 0) root = node;
        else way.inner(level - 1).replace(way.place(level - 1), node);
    }

    /// Keys often arrive in order. Then the left stays full, and the right has room for those to come.
    private void split(Leaf leaf, int arrived) {
        int middle = arrived == leaf.size() - 1 ? arrived : leaf.size() / 2;
        Leaf lower = leaf.part(0, middle);
        Leaf upper = leaf.part(middle, leaf.size());
        grew(lower.bytes() + upper.bytes() - leaf.bytes());
        Node left = lower;
        Node right = upper;
        byte[] first = leaf.keys.key(middle);
        byte[] separator = Arrays.copyOf(first, 1 + PackedKeys.sharedLength(leaf.keys.key(middle - 1), first));
        for (int level = way.depth(); level > 0; level--) {
            Inner wider = way.inner(level - 1).split(way.place(level - 1), left, separator, right);
            if (wider.size() <= Node.SIZE_MAX) {
                place(level - 1, wider);
                return;
            }
            int half = wider.size() / 2;
            left = wider.part(0, half);
            right = wider.part(half, wider.size());
            separator = wider.separator(half - 1);
        }
        root = Inner.over(left, separator, right);
    }

    /// Forgets of about `atMost` keys what only readers before a revision could see, and what the archive has. Only the
    /// writer calls this, in slices between its transactions.
    ///
    /// @param from where the slice before this one ended, null at the beginning
    /// @return where the next slice begins, null at the end
    public @Nullable Octets sweep(@Nullable Octets from, long revision, int atMost) {
        byte[] next = from == null ? new byte[0] : from.array();
        int visited = 0;
        while (next != null && visited < atMost) {
            go(next);
            next = way.upperBound();
            Leaf leaf = way.leaf();
            visited += leaf.size();
            Leaf after = leaf.swept(revision, archive);
            if (after == leaf) continue;
            grew(after.bytes() - leaf.bytes());
            placeSmaller(after);
        }
        return next == null ? null : Octets.wrap(next);
    }

    /// Puts a leaf in the place of a larger one. Small nodes are joined, up to the root.
    private void placeSmaller(Leaf leaf) {
        Node node = leaf;
        int level = way.depth();
        for (; level > 0 && node.size() < Node.SIZE_SMALL; level--) {
            Inner parent = way.inner(level - 1);
            int place = way.place(level - 1);
            int left = Math.max(0, place - 1);
            if (left + 1 >= parent.size()) break;
            Node one = place == left ? node : parent.child(left);
            Node other = place == left ? parent.child(left + 1) : node;
            if (one.size() + other.size() > Node.SIZE_MAX) break;
            Node joined = Node.join(one, parent.separator(left), other);
            grew(bytes(joined) - bytes(one) - bytes(other));
            node = parent.merged(left, joined);
        }
        place(level, node);
        while (root instanceof Inner top && top.size() == 1) root = top.child(0);
    }

    private static long bytes(Node node) {
        return node instanceof Leaf leaf ? leaf.bytes() : 0;
    }

    /// A record of this key went elsewhere. Only the writer calls this.
    ///
    /// @return whether the index still had it
    public boolean move(Octets key, long main, int sub, long from, long to) {
        byte[] bytes = key.array();
        go(bytes);
        int found = way.leaf().keys.find(bytes);
        return found >= 0 && way.leaf().move(found, main, sub, from, to);
    }
}
