package io.orlop.store.history;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// From the root down to a leaf: which children were taken.
final class Way {
    /// Enough for millions of keys.
    private static final int DEPTH_AT_FIRST = 4;

    private Inner[] inners = new Inner[DEPTH_AT_FIRST];
    private int[] places = new int[DEPTH_AT_FIRST];
    private int depth;
    private Leaf leaf = Leaf.EMPTY;

    Leaf leaf() {
        return leaf;
    }

    /// How many nodes are above the leaf.
    int depth() {
        return depth;
    }

    /// The nodes above the leaf, the root being number 0.
    Inner inner(int level) {
        return inners[level];
    }

    /// The child that was taken there.
    int place(int level) {
        return places[level];
    }

    /// Goes to the leaf that has this key if any has.
    void descend(Node root, byte[] key) {
        depth = 0;
        Node node = root;
        while (node instanceof Inner inner) {
            int place = inner.placeOf(key);
            take(inner, place);
            node = inner.child(place);
        }
        leaf = (Leaf) node;
    }

    private void take(Inner inner, int place) {
        if (depth == places.length) {
            inners = Arrays.copyOf(inners, 2 * depth);
            places = Arrays.copyOf(places, 2 * depth);
        }
        inners[depth] = inner;
        places[depth++] = place;
    }

    /// Goes to the leaf with the keys that follow.
    ///
    /// @return whether there is one
    boolean next() {
        while (depth > 0 && places[depth - 1] + 1 == inners[depth - 1].size()) depth--;
        if (depth == 0) return false;
        Node node = inners[depth - 1].child(++places[depth - 1]);
        while (node instanceof Inner inner) {
            take(inner, 0);
            node = inner.child(0);
        }
        leaf = (Leaf) node;
        return true;
    }

    /// The separator between this leaf and the next; null at the last one.
    byte @Nullable [] upperBound() {
        for (int level = depth - 1; level >= 0; level--) {
            if (places[level] + 1 < inners[level].size()) return inners[level].separator(places[level]);
        }
        return null;
    }
}
