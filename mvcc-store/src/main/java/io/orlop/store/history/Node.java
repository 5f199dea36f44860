package io.orlop.store.history;

/// A part of the index: see [KeyIndex].
sealed interface Node permits Inner, Leaf {
    /// A node with more than this many parts is split.
    int SIZE_MAX = 64;

    /// A node that shrank to fewer is joined with its neighbour if one node can hold both.
    int SIZE_SMALL = 16;

    int size();

    /// @param separator no key of the left is as large, no key of the right is smaller
    static Node join(Node left, byte[] separator, Node right) {
        return switch (left) {
            case Leaf leaf -> leaf.joined((Leaf) right);
            case Inner inner -> inner.joined(separator, (Inner) right);
        };
    }
}
