package io.orlop.store.etcd;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchRequest;
import io.orlop.store.watch.WatchSink;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/// Hears of changes from the moment it was made: how a test waits for something to have happened.
final class Hearing implements WatchSink {
    private final BlockingQueue<Event> heard = new LinkedBlockingQueue<>();

    private Hearing() {}

    static Hearing of(MvccStore store, KeyRange keys) {
        Hearing hearing = new Hearing();
        store.watch(hearing).create(WatchRequest.of(keys).from(store.revision() + 1));
        return hearing;
    }

    Event next() throws InterruptedException {
        return heard.take();
    }

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void events(long id, long revision, List<Event> events) {
        heard.addAll(events);
    }

    @Override
    public void created(long id, long revision) {}

    @Override
    public void refused(WatchRefusal why, long revision) {
        throw new AssertionError(why);
    }

    @Override
    public void canceled(long id, long revision) {}

    @Override
    public void compacted(long id, long compactRevision, long revision) {}

    @Override
    public void failed(long id, long revision, String why) {}

    @Override
    public void progress(long id, long revision) {}
}
