package io.orlop.store.log;

import io.orlop.store.api.Octets;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The changes of all closed segments as one row: keys in order, and the changes of a key as they happened, which is
/// the order of the segments.
final class SortedMerge {
    private static final Comparator<Head> ORDER =
            Comparator.comparing(Head::key).thenComparingInt(Head::order);

    /// A segment's next change.
    private static final class Head {
        final SortedChanges rest;
        final int order;
        Located first;

        Head(SortedChanges rest, int order, Located first) {
            this.rest = rest;
            this.order = order;
            this.first = first;
        }

        Octets key() {
            return first.key();
        }

        int order() {
            return order;
        }
    }

    private final PriorityQueue<Head> heads = new PriorityQueue<>(ORDER);
    private @Nullable Head current;

    /// @param segments the older before the newer
    SortedMerge(List<SortedChanges> segments) throws IOException {
        for (int i = 0; i < segments.size(); i++) {
            Located first = segments.get(i).next();
            if (first != null) heads.add(new Head(segments.get(i), i, first));
        }
    }

    @Nullable
    Located next() throws IOException {
        advance();
        current = heads.poll();
        return current == null ? null : current.first;
    }

    private void advance() throws IOException {
        if (current == null) return;
        Located following = current.rest.next();
        if (following == null) return;
        current.first = following;
        heads.add(current);
    }
}
