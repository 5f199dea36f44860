package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.log.Bookmark;
import io.orlop.store.log.Chronicle;
import io.orlop.store.log.LogRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// What happened, for those who are behind: a slice of the log at a time, read once for all who want something of it.
/// ```
///   log       … 118 │ 119  120  121  122  123  124  125  126 │ 127 …
///                    ◄────────────── a slice ──────────────►
///   a, b/…  from 119 ────────────────────────────────────────► told up to 126
///   c/…     from 123                ─────────────────────────► told up to 126
///   d/…     from 140                                             not yet: another slice begins there
/// ```
/// Who wants a single key of which little happened is told from the index, wherever in the log that is. What keys were
/// before a change the index knows, too.
final class Past {
    /// A key that changed more often since then is read with all others.
    private static final int CHANGES_OF_KEY_MAX = 64;

    private final KeyIndex index;
    private final Values values;
    private final Chronicle chronicle;
    private final LongSupplier compacted;
    private final long sliceBytes;
    private final int pieceBytes;

    /// @param sliceBytes what a slice may take of the log, and of the memory for what was before
    /// @param pieceBytes of events for anybody after about which it is over
    Past(KeyIndex index, Values values, Chronicle chronicle, LongSupplier compacted, long sliceBytes, int pieceBytes) {
        this.index = index;
        this.values = values;
        this.chronicle = chronicle;
        this.compacted = compacted;
        this.sliceBytes = sliceBytes;
        this.pieceBytes = pieceBytes;
    }

    /// Reads one slice. It begins where the first of those who wait goes on, who is served in any case: the first of
    /// those whom the index does not serve.
    ///
    /// @param to the last revision that may be told
    /// @return what to tell to whom; who is not in it has to wait for another slice
    Map<Want, Told> slice(List<Waiting> asking, long to) {
        Map<Want, Told> told = new HashMap<>();
        List<Portion> portions = new ArrayList<>();
        long bytes = 0;
        for (Waiting waiting : asking) {
            // The others have waited longest next time.
            if (bytes >= sliceBytes) break;
            Told known = ofKey(waiting.want(), to);
            if (known == null) portions.add(new Portion(waiting));
            else told.put(waiting.want(), known);
            bytes += sizeOf(known);
        }
        if (!portions.isEmpty()) told.putAll(ofLog(portions, to));
        // The look at the compaction comes after the look at the past: what was there then was all there.
        long gone = compacted.getAsLong();
        told.replaceAll((want, what) -> want.next() < gone ? new Told.Compacted() : what);
        return told;
    }

    /// What happened to a single key, if that is little; null if it is not, or not about one key.
    private @Nullable Told ofKey(Want want, long to) {
        if (!want.keys().isSingle()) return null;
        try {
            KeyHistory history = index.history(want.keys().from());
            return history == null ? nothing(to) : ofHistory(history, want, to);
        } catch (UncheckedIOException unreadable) {
            return new Told.Unreadable(String.valueOf(unreadable.getMessage()));
        }
    }

    private @Nullable Told ofHistory(KeyHistory history, Want want, long to) {
        Deque<Change> changes = new ArrayDeque<>();
        Change change = history.at(to);
        while (change != null && change.main() >= want.next()) {
            if (changes.size() == CHANGES_OF_KEY_MAX) return null;
            changes.addFirst(change);
            change = history.lastBefore(change.main(), change.sub());
        }
        List<Event> events = new ArrayList<>();
        long bytes = 0;
        long revision = 0;
        for (Change each : changes) {
            boolean isNext = each.main() != revision;
            if (isNext && bytes >= pieceBytes) return new Told.Piece(events, Bookmark.after(revision));
            revision = each.main();
            Event.Kind kind = each.isTombstone() ? Event.Kind.DELETE : Event.Kind.PUT;
            if (!want.wants(kind)) continue;
            KeyValue kv =
                    each.isTombstone() ? KeyValue.tombstone(history.key(), each.main()) : values.of(history, each);
            if (kv == null) return new Told.Compacted();
            KeyValue previous = want.previous() ? before(history, each) : null;
            Event event = new Event(kind, kv, previous);
            events.add(event);
            bytes += sizeOf(event);
        }
        return new Told.Piece(events, Bookmark.after(to));
    }

    private static Told nothing(long to) {
        return new Told.Piece(List.of(), Bookmark.after(to));
    }

    /// As in etcd, what was before the compacted revision is not told, whether it is swept away yet or not.
    private @Nullable KeyValue before(KeyHistory history, Change change) {
        if (change.main() <= compacted.getAsLong()) return null;
        Change before = history.before(change);
        return before == null ? null : values.of(history, before);
    }

    private Map<Want, Told> ofLog(List<Portion> portions, long to) {
        Portion first = portions.getFirst();
        portions.removeIf(portion -> portion.want.next() < first.want.next());
        Map<Want, Told> told = new HashMap<>();
        try {
            Slice slice = new Slice(portions);
            Bookmark end = chronicle.read(first.at, to, sliceBytes, slice);
            for (Portion portion : portions) {
                boolean isServed = portion == first || portion.want.next() <= end.revision();
                if (isServed) told.put(portion.want, portion.told(end));
            }
        } catch (IOException unreadable) {
            // The others do not need what comes next in the log, as far as is known.
            told.put(first.want, new Told.Unreadable(String.valueOf(unreadable.getMessage())));
        }
        return told;
    }

    /// What some want the same of, as far as it was read.
    private static final class Portion {
        private final Want want;
        private final Bookmark at;
        private final List<Event> events = new ArrayList<>();
        private long bytes;

        /// Why the rest cannot be told.
        private @Nullable String unreadable;

        Portion(Waiting waiting) {
            this.want = waiting.want();
            this.at = waiting.at();
        }

        void add(Event event) {
            events.add(event);
            bytes += sizeOf(event);
        }

        Told told(Bookmark end) {
            return unreadable == null ? new Told.Piece(events, end) : new Told.Unreadable(unreadable);
        }
    }

    private final class Slice implements Chronicle.Listener {
        private final Interests<Portion> interests = new Interests<>();
        private final List<Portion> concerned = new ArrayList<>();
        private long bytes;
        private boolean full;

        Slice(List<Portion> portions) {
            for (Portion portion : portions) interests.add(portion.want.keys(), portion);
        }

        @Override
        public boolean wants(Octets key) {
            concerned.clear();
            interests.forEach(key, concerned::add);
            return !concerned.isEmpty();
        }

        @Override
        public void heard(LogRecord change) {
            Event plain = event(change);
            Event whole = null;
            for (Portion portion : concerned) {
                Want want = portion.want;
                if (plain.revision() < want.next() || !want.wants(plain.kind())) continue;
                if (!want.previous()) {
                    portion.add(plain);
                } else {
                    try {
                        if (whole == null) whole = withPrevious(change, plain);
                        portion.add(whole);
                    } catch (UncheckedIOException e) {
                        portion.unreadable = String.valueOf(e.getMessage());
                    }
                }
                full |= portion.bytes >= pieceBytes;
            }
            if (whole != null) bytes += sizeOf(whole);
        }

        @Override
        public boolean reached(long revision) {
            return !full && bytes < sliceBytes;
        }

        private Event event(LogRecord change) {
            if (change instanceof LogRecord.Put put) return new Event(Event.Kind.PUT, put.kv(), null);
            if (change instanceof LogRecord.Tombstone gone) {
                return new Event(Event.Kind.DELETE, KeyValue.tombstone(gone.key(), gone.main()), null);
            }
            throw new IllegalArgumentException("no change: " + change);
        }

        private Event withPrevious(LogRecord record, Event event) {
            KeyHistory history = index.history(event.kv().key());
            if (history == null) return event;
            KeyValue kv = event.kv();
            int sub = record instanceof LogRecord.Put put ? put.sub() : ((LogRecord.Tombstone) record).sub();
            Change change = new Change(event.revision(), sub, kv.createRevision(), kv.version(), 0);
            return new Event(event.kind(), kv, before(history, change));
        }
    }

    private static long sizeOf(@Nullable Told told) {
        long bytes = 0;
        if (told instanceof Told.Piece(List<Event> events, Bookmark _))
            for (Event event : events) bytes += sizeOf(event);
        return bytes;
    }

    static long sizeOf(Event event) {
        KeyValue previous = event.previous();
        long size = 64 + event.kv().key().length() + event.kv().value().length();
        return previous == null
                ? size
                : size + 32 + previous.key().length() + previous.value().length();
    }
}
