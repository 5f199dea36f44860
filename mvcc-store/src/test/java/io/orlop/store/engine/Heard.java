package io.orlop.store.engine;

import io.orlop.store.api.Event;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchSink;
import java.util.ArrayList;
import java.util.List;

/// Takes whatever it is told, and keeps the events and the refusals.
class Heard implements WatchSink {
    final List<Event> events = new ArrayList<>();
    final List<WatchRefusal> refusals = new ArrayList<>();

    @Override
    public boolean ready() {
        return true;
    }

    @Override
    public void created(long id, long revision) {}

    @Override
    public void refused(WatchRefusal why, long revision) {
        refusals.add(why);
    }

    @Override
    public void events(long id, long revision, List<Event> some) {
        events.addAll(some);
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
