package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The changes of some keys between two revisions, found in the index and sorted as they happened; the values are read
/// when they are wanted. However long the past is, only so many changes of it are held: its oldest.
final class Past {
    private static final int CHANGES_MAX = 50_000;

    private record Moment(KeyHistory history, Change change) {
        private static final Comparator<Moment> IN_ORDER = Comparator.comparingLong(
                        (Moment moment) -> moment.change.main())
                .thenComparingInt(moment -> moment.change.sub());
    }

    /// Some events of it, of whole revisions.
    ///
    /// @param complete up to which revision all is said with them
    record Piece(List<Event> events, long complete) {}

    private final KeyRange keys;
    private final long from;
    private final List<Moment> moments;

    /// Every change up to this revision is here.
    private final long complete;

    private Past(KeyRange keys, long from, List<Moment> moments, long complete) {
        this.keys = keys;
        this.from = from;
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
        return new Past(keys, from, sorted, complete[0]);
    }

    private static Past ofOne(KeyIndex index, KeyRange keys, long revision) {
        List<Moment> moments = new ArrayList<>();
        for (KeyHistory history : index.histories(keys)) {
            history.between(revision, revision, change -> moments.add(new Moment(history, change)));
        }
        moments.sort(Moment.IN_ORDER);
        return new Past(keys, revision, moments, revision);
    }

    boolean has(KeyRange wanted, long next) {
        return from <= next && next <= complete && keys.equals(wanted);
    }

    int size() {
        return moments.size();
    }

    /// The events from a revision on, cut between two revisions when they are large enough; null if one of them is
    /// compacted.
    @Nullable
    Piece piece(Values values, Want want, int bytesMax) {
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        long revision = want.next() - 1;
        for (int i = first(want.next()); i < moments.size(); i++) {
            Moment moment = moments.get(i);
            if (moment.change.main() != revision && bytes >= bytesMax) return new Piece(events, revision);
            revision = moment.change.main();
            Event.Kind kind = moment.change.isTombstone() ? Event.Kind.DELETE : Event.Kind.PUT;
            if (!want.wants(kind)) continue;
            Event event = event(values, moment, kind, want.previous());
            if (event == null) return null;
            events.add(event);
            bytes += sizeOf(event);
        }
        return new Piece(events, complete);
    }

    /// Where the changes at and after a revision begin.
    private int first(long revision) {
        int low = 0;
        int high = moments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (moments.get(middle).change.main() < revision) low = middle + 1;
            else high = middle;
        }
        return low;
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
