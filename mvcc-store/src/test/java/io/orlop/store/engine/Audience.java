package io.orlop.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyValue;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchRequest;
import io.orlop.store.watch.WatchSink;
import io.orlop.store.watch.WatchStream;
import java.util.ArrayList;
import java.util.List;

/// Watchers who check what they are told: whole revisions, in order, none twice, none left out, resumable after the
/// store was away. Some stop listening for a while.
final class Audience {
    private final Model model;
    private final Chance chance;
    private final List<Listener> listeners = new ArrayList<>();

    Audience(Model model, Chance chance) {
        this.model = model;
        this.chance = chance;
    }

    void arrive(MvccStore store) {
        long start = chance.oneIn(2) ? 0 : 1 + chance.random.nextLong(model.revision() + 3);
        Listener listener = new Listener(new WatchRequest(
                0, chance.keys(), start, chance.oneIn(2), chance.oneIn(2), !chance.oneIn(6), !chance.oneIn(6)));
        if (listener.request.keys().isNothing()) return;
        listener.next = start == 0 ? model.revision() + 1 : start;
        listener.listen(store);
        listeners.add(listener);
    }

    void leave() {
        if (!listeners.isEmpty()) listeners.remove(0).stream().close();
    }

    /// The store was away; everybody asks for what comes after what they know.
    void reopen(MvccStore store) {
        for (Listener listener : listeners) listener.listen(store);
    }

    void open() {
        for (Listener listener : listeners) listener.listen(true);
    }

    void check(String where) {
        for (Listener listener : listeners) {
            listener.check(where);
            listener.listen(!chance.oneIn(3));
        }
    }

    void checkAllHeard(String where) {
        for (Listener listener : listeners) {
            listener.check(where);
            if (listener.over) continue;
            assertThat(listener.expected(model.revision()))
                    .as(where + " " + listener.request)
                    .isEmpty();
        }
    }

    private final class Listener implements WatchSink {
        private final WatchRequest request;
        private final List<Event> heard = new ArrayList<>();
        private WatchStream stream;
        private boolean listening = true;
        private boolean created;
        private boolean over;

        /// All before this revision was heard.
        private long next;

        @SuppressWarnings("NullAway")
        Listener(WatchRequest request) {
            this.request = request;
        }

        WatchStream stream() {
            return stream;
        }

        void listen(MvccStore store) {
            if (over) return;
            created = false;
            stream = store.watch(this);
            stream.create(request.from(next));
        }

        void listen(boolean now) {
            if (now && !listening) stream.ready();
            listening = now;
        }

        List<Event> expected(long upTo) {
            List<Event> expected = new ArrayList<>();
            if (upTo < next) return expected;
            model.events.subMap(next, true, upTo, true).values().forEach(events -> {
                for (Event event : events) {
                    boolean wanted = event.kind() == Event.Kind.PUT ? request.puts() : request.deletes();
                    if (wanted && request.keys().contains(event.kv().key())) expected.add(event);
                }
            });
            return expected;
        }

        void check(String where) {
            if (heard.isEmpty()) return;
            long upTo = heard.getLast().revision();
            List<Event> expected = expected(upTo);
            List<Event> told = List.copyOf(heard);
            heard.clear();
            assertThat(told.stream().map(Event::withoutPrevious).toList())
                    .as(where + " " + request)
                    .isEqualTo(expected.stream().map(Event::withoutPrevious).toList());
            for (int i = 0; i < told.size(); i++) {
                KeyValue previous = told.get(i).previous();
                // What is compacted may be missing; nothing else may be there instead.
                if (!request.previous()) assertThat(previous).isNull();
                else if (previous != null || told.get(i).revision() > model.compacted) {
                    assertThat(previous).as(where).isEqualTo(expected.get(i).previous());
                }
            }
            next = upTo + 1;
        }

        @Override
        public boolean ready() {
            return listening;
        }

        @Override
        public void created(long id, long revision) {
            assertThat(created).isFalse();
            created = true;
        }

        @Override
        public void refused(WatchRefusal why, long revision) {
            throw new AssertionError(why);
        }

        @Override
        public void events(long id, long revision, List<Event> events) {
            assertThat(created).isTrue();
            assertThat(events).isNotEmpty();
            assertThat(heard.isEmpty()
                            || heard.getLast().revision() < events.getFirst().revision())
                    .as("no revision in two pieces")
                    .isTrue();
            heard.addAll(events);
        }

        @Override
        public void canceled(long id, long revision) {
            throw new AssertionError("nobody canceled");
        }

        @Override
        public void compacted(long id, long compactRevision, long revision) {
            check("compacted");
            assertThat(compactRevision).isEqualTo(model.compacted);
            assertThat(next).isLessThan(compactRevision);
            over = true;
        }

        @Override
        public void failed(long id, long revision, String why) {
            throw new AssertionError(why);
        }

        @Override
        public void progress(long id, long revision) {
            check("progress");
            assertThat(expected(revision)).isEmpty();
        }
    }
}
