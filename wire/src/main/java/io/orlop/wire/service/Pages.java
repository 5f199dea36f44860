package io.orlop.wire.service;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/// A whole list of another service, asked for page by page as it is read.
final class Pages {
    private Pages() {}

    /// Asks for the page after a key; `null` for the first.
    interface Pager<K, T> {
        Page<T> page(@Nullable K after, int most);
    }

    static <K, T> Stream<T> all(Pager<K, T> pager, Function<T, K> key) {
        var walk = new Iterator<T>() {
            private Page<T> page = pager.page(null, Page.MOST);
            private int at;

            @Override
            public boolean hasNext() {
                while (at == page.entries().size() && page.more()) {
                    page = pager.page(key.apply(page.entries().getLast()), Page.MOST);
                    at = 0;
                }
                return at < page.entries().size();
            }

            @Override
            public T next() {
                if (!hasNext()) throw new NoSuchElementException();
                return page.entries().get(at++);
            }
        };
        int ordered = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(walk, ordered), false);
    }
}
