package io.orlop.store.proof;

import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Event;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchSink;
import io.orlop.store.watch.WatchStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The store as a library.
final class InProcess implements Entrance {
    private final MvccStore store;

    InProcess(MvccStore store) {
        this.store = store;
    }

    @Override
    public Answer ask(Request request) {
        try {
            return switch (request) {
                case Request.Do(Operation operation) -> new Answer.Done(MvccStore.await(store.submit(operation)));
                case Request.Compact(long revision) -> {
                    MvccStore.await(store.compact(revision, false));
                    yield new Answer.Compacted();
                }
            };
        } catch (DeniedException denied) {
            return Entrance.refused(denied.denial());
        } catch (UncheckedIOException unreadable) {
            return new Answer.Unknown();
        }
    }

    @Override
    public Ear watch(WatchRecord record, boolean takesTheirWord) {
        Sink sink = new Sink(record.connect(takesTheirWord));
        WatchStream stream = store.watch(sink);
        sink.stream = stream;
        stream.create(sink.connection.request());
        return sink;
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    private static final class Sink implements WatchSink, Ear {
        private final WatchRecord.Connection connection;
        private volatile boolean listening = true;
        private volatile @Nullable WatchStream stream;

        Sink(WatchRecord.Connection connection) {
            this.connection = connection;
        }

        @Override
        public void listen(boolean now) {
            listening = now;
            WatchStream known = stream;
            if (now && known != null) known.ready();
        }

        @Override
        public void requestProgress() {
            WatchStream known = stream;
            if (known != null) known.requestProgress();
        }

        @Override
        public boolean ready() {
            return listening;
        }

        @Override
        public void created(long id, long revision) {}

        @Override
        public void refused(WatchRefusal why, long revision) {
            throw new AssertionError(why);
        }

        @Override
        public void events(long id, long revision, List<Event> events) {
            connection.events(events);
        }

        @Override
        public void canceled(long id, long revision) {
            throw new AssertionError("nobody canceled");
        }

        @Override
        public void compacted(long id, long compactRevision, long revision) {
            connection.compacted(compactRevision);
        }

        @Override
        public void failed(long id, long revision, String why) {
            connection.failed();
        }

        @Override
        public void progress(long id, long revision) {
            connection.progress(revision);
        }
    }
}
