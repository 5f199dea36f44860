package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The oldest changes of some keys between two revisions, found in the index and sorted as they happened; the values
/// are read when they are wanted. However long the past is, only so many changes of it are held.
final class Past {
    static final Past NONE = new Past(new ArrayDeque<>(), 0);
    private static final int CHANGES_MAX = 100_000;

    private record Moment(KeyHistory history, Change change) {
        private static final Comparator<Moment> IN_ORDER = Comparator.comparingLong(
                        (Moment moment) -> moment.change.main())
                .thenComparingInt(moment -> moment.change.sub());
    }

    private final Deque<Moment> moments;

    /// Every change up to this revision is here.
    private final long complete;

    private Past(Deque<Moment> moments, long complete) {
        this.moments = moments;
        this.complete = complete;
    }

    static Past of(KeyIndex index, KeyRange keys, long from, long to) {
        PriorityQueue<Moment> oldest = new PriorityQueue<>(Moment.IN_ORDER.reversed());
        long[] complete = {to};
        for (KeyHistory history : index.histories(keys)) {
            history.between(from, complete[0], change -> {
                oldest.add(new Moment(history, change));
                if (oldest.size() > CHANGES_MAX) {
                    Moment dropped = oldest.remove();
                    complete[0] = Math.min(complete[0], dropped.change.main() - 1);
                }
            });
        }
        // A revision is told whole or not at all. One that is too large to be held with others is held alone.
        if (complete[0] < from) return ofOne(index, keys, from);
        List<Moment> sorted = new ArrayList<>(oldest);
        sorted.removeIf(moment -> moment.change.main() > complete[0]);
        sorted.sort(Moment.IN_ORDER);
        return new Past(new ArrayDeque<>(sorted), complete[0]);
    }

    private static Past ofOne(KeyIndex index, KeyRange keys, long revision) {
        List<Moment> moments = new ArrayList<>();
        for (KeyHistory history : index.histories(keys)) {
            history.between(revision, revision, change -> moments.add(new Moment(history, change)));
        }
        moments.sort(Moment.IN_ORDER);
        return new Past(new ArrayDeque<>(moments), revision);
    }

    boolean isEmpty() {
        return moments.isEmpty();
    }

    /// Up to which revision all is said when this is used up.
    long complete() {
        return complete;
    }

    /// The next events, cut between two revisions when they are large enough; null if one of them is compacted.
    @Nullable
    List<Event> next(Values values, WatchRequest request, int bytesMax) {
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        long revision = 0;
        while (!moments.isEmpty()) {
            Moment moment = moments.element();
            if (moment.change.main() != revision && bytes >= bytesMax) break;
            moments.remove();
            revision = moment.change.main();
            Event.Kind kind = moment.change.isTombstone() ? Event.Kind.DELETE : Event.Kind.PUT;
            if (!request.wants(kind)) continue;
            Event event = event(values, moment, kind, request.previous());
            if (event == null) return null;
            events.add(event);
            bytes += sizeOf(event);
        }
        return events;
    }

    private static @Nullable Event event(Values values, Moment moment, Event.Kind kind, boolean withPrevious) {
        Change change = moment.change;
        KeyHistory history = moment.history;
        KeyValue kv = KeyValue.tombstone(history.key(), change.main());
        if (kind == Event.Kind.PUT) {
            KeyValue put = values.of(history, change);
            if (put == null) return null;
            kv = put;
        }
        Change before = withPrevious ? history.before(change) : null;
        return new Event(kind, kv, before == null ? null : values.of(history, before));
    }

    static long sizeOf(Event event) {
        KeyValue previous = event.previous();
        long size = 64 + event.kv().key().length() + event.kv().value().length();
        return previous == null
                ? size
                : size + 32 + previous.key().length() + previous.value().length();
    }
}
