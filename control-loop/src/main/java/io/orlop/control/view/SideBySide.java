package io.orlop.control.view;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// Two walks that are sorted by the same key, as one: what is promised, and what is seen.
///
/// ```
///   specs   a   c d            each key once, with what either walk says of it first
///   states  a b   d d          a(spec, state)  b(-, state)  c(spec, -)  d(spec, state)
/// ```
///
/// Nothing is copied: whoever wants a page takes a page.
public final class SideBySide {
    private SideBySide() {}

    /// @param both what becomes of a key; what a walk does not have is `null`, and one of the two is there
    public static <K extends Comparable<K>, A, B, R> Stream<R> of(
            Stream<A> left,
            Function<A, K> leftKey,
            Stream<B> right,
            Function<B, K> rightKey,
            BiFunction<@Nullable A, @Nullable B, R> both) {
        var walk = new Walk<>(new Head<>(left.iterator(), leftKey), new Head<>(right.iterator(), rightKey), both);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(walk, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private static final class Head<K extends Comparable<K>, V> {
        private final Iterator<V> rest;
        private final Function<V, K> key;
        private @Nullable V first;

        Head(Iterator<V> rest, Function<V, K> key) {
            this.rest = rest;
            this.key = key;
            this.first = next();
        }

        private @Nullable V next() {
            return rest.hasNext() ? rest.next() : null;
        }

        @Nullable
        K key() {
            V here = first;
            return here == null ? null : key.apply(here);
        }

        /// The first of this key, if there is one; the others are passed over.
        @Nullable
        V take(K wanted) {
            V taken = null;
            for (V here = first; here != null && key.apply(here).equals(wanted); here = first) {
                if (taken == null) taken = here;
                first = next();
            }
            return taken;
        }
    }

    private record Walk<K extends Comparable<K>, A, B, R>(
            Head<K, A> left, Head<K, B> right, BiFunction<@Nullable A, @Nullable B, R> both) implements Iterator<R> {
        @Override
        public boolean hasNext() {
            return left.first != null || right.first != null;
        }

        @Override
        public R next() {
            K one = left.key();
            K other = right.key();
            K key = one == null ? other : other == null || one.compareTo(other) <= 0 ? one : other;
            if (key == null) throw new NoSuchElementException();
            return both.apply(left.take(key), right.take(key));
        }
    }
}
