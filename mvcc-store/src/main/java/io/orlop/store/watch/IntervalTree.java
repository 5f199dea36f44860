package io.orlop.store.watch;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who is where among ranges of keys: those whose range holds a key are found without a look at the others. A balanced
/// tree of the ranges by where they begin; each node knows where the last of those below it ends.
/// ```
///                  [f, p)  …z            the whole tree ends at z
///                 ╱             ╲
///        [a, c)  …k              [m, z)  …z
///              ╲
///               [b, k)  …k              of k: not on the left, where all have ended
/// ```
/// A range that many share is one node.
final class IntervalTree<T> {
    private static final class Node<T> {
        private final KeyRange range;
        private final Set<T> members = new LinkedHashSet<>();
        private @Nullable Node<T> left;
        private @Nullable Node<T> right;
        private int height = 1;

        /// The range that ends last, of this and all below it.
        private KeyRange last;

        Node(KeyRange range) {
            this.range = range;
            this.last = range;
        }

        void settle() {
            height = 1 + Math.max(heightOf(left), heightOf(right));
            last = range;
            if (left != null) last = laterEnd(last, left.last);
            if (right != null) last = laterEnd(last, right.last);
        }
    }

    private @Nullable Node<T> root;

    void add(KeyRange range, T member) {
        root = with(root, range, member);
    }

    void remove(KeyRange range, T member) {
        root = without(root, range, member);
    }

    /// Whom a key concerns.
    void forEach(Octets key, Consumer<? super T> action) {
        forEach(root, key, action);
    }

    private static <T> void forEach(@Nullable Node<T> node, Octets key, Consumer<? super T> action) {
        if (node == null || !endsAfter(node.last, key)) return;
        forEach(node.left, key, action);
        if (node.range.from().compareTo(key) > 0) return;
        if (endsAfter(node.range, key)) node.members.forEach(action);
        forEach(node.right, key, action);
    }

    private static boolean endsAfter(KeyRange range, Octets key) {
        return range.isOpen() || range.to().compareTo(key) > 0;
    }

    private static KeyRange laterEnd(KeyRange one, KeyRange other) {
        return compareEnds(one, other) >= 0 ? one : other;
    }

    private static int compareEnds(KeyRange one, KeyRange other) {
        if (one.isOpen() || other.isOpen()) return Boolean.compare(one.isOpen(), other.isOpen());
        return one.to().compareTo(other.to());
    }

    private static int compare(KeyRange one, KeyRange other) {
        int byBeginning = one.from().compareTo(other.from());
        return byBeginning != 0 ? byBeginning : compareEnds(one, other);
    }

    private static <T> Node<T> with(@Nullable Node<T> node, KeyRange range, T member) {
        if (node == null) {
            Node<T> leaf = new Node<>(range);
            leaf.members.add(member);
            return leaf;
        }
        int order = compare(range, node.range);
        if (order == 0) node.members.add(member);
        else if (order < 0) node.left = with(node.left, range, member);
        else node.right = with(node.right, range, member);
        return balanced(node);
    }

    private static <T> @Nullable Node<T> without(@Nullable Node<T> node, KeyRange range, T member) {
        if (node == null) return null;
        int order = compare(range, node.range);
        if (order < 0) node.left = without(node.left, range, member);
        else if (order > 0) node.right = without(node.right, range, member);
        else if (node.members.remove(member) && node.members.isEmpty()) return joined(node.left, node.right);
        return balanced(node);
    }

    /// Both sides of a node that goes.
    private static <T> @Nullable Node<T> joined(@Nullable Node<T> left, @Nullable Node<T> right) {
        if (left == null) return right;
        if (right == null) return left;
        Node<T> first = right;
        while (first.left != null) first = first.left;
        first.right = withoutFirst(right);
        first.left = left;
        return balanced(first);
    }

    private static <T> @Nullable Node<T> withoutFirst(Node<T> node) {
        if (node.left == null) return node.right;
        node.left = withoutFirst(node.left);
        return balanced(node);
    }

    /// No side is more than one higher than the other.
    private static <T> Node<T> balanced(Node<T> node) {
        Node<T> left = node.left;
        Node<T> right = node.right;
        if (left != null && left.height > heightOf(right) + 1) {
            Node<T> inner = left.right;
            return turnedRight(
                    node, inner != null && inner.height > heightOf(left.left) ? turnedLeft(left, inner) : left);
        }
        if (right != null && right.height > heightOf(left) + 1) {
            Node<T> inner = right.left;
            return turnedLeft(
                    node, inner != null && inner.height > heightOf(right.right) ? turnedRight(right, inner) : right);
        }
        node.settle();
        return node;
    }

    private static <T> Node<T> turnedLeft(Node<T> node, Node<T> right) {
        node.right = right.left;
        node.settle();
        right.left = node;
        right.settle();
        return right;
    }

    private static <T> Node<T> turnedRight(Node<T> node, Node<T> left) {
        node.left = left.right;
        node.settle();
        left.right = node;
        left.settle();
        return left;
    }

    private static int heightOf(@Nullable Node<?> node) {
        return node == null ? 0 : node.height;
    }

    /// How many ranges lie between the root and the one farthest from it.
    int height() {
        return heightOf(root);
    }
}
