package io.orlop.store.watch;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/// Watches whose answers go to one sink. What is asked here is answered through the sink, in order, by the hub.
public final class WatchStream implements AutoCloseable {
    private final WatchHub hub;
    final WatchSink sink;

    /// From here on the hub's thread alone.
    final TreeMap<Long, Watcher> watchers = new TreeMap<>();

    /// Those of them that are behind and would be told if the sink took more.
    final Set<Watcher> parked = new LinkedHashSet<>();

    /// Watches that the store ended because what they wanted is compacted. Their ids are taken, as in etcd, until their
    /// client gives them back: it may not have heard of the end when it asks for the next watch.
    final TreeSet<Long> ended = new TreeSet<>();

    /// Somebody asked whether all up to this revision was said.
    long progressWanted;

    private long nextId;

    WatchStream(WatchHub hub, WatchSink sink) {
        this.hub = hub;
        this.sink = sink;
    }

    public void create(WatchRequest request) {
        create(request, _ -> {});
    }

    /// @param named hears the watch's id before the sink hears of the watch
    public void create(WatchRequest request, LongConsumer named) {
        hub.tell(() -> hub.create(this, request, named));
    }

    /// Says no to a watch, in its turn.
    public void refuse(WatchRefusal why) {
        hub.tell(() -> hub.refuse(this, why));
    }

    public void cancel(long id) {
        hub.tell(() -> hub.cancel(this, id));
    }

    public void requestProgress() {
        hub.tell(() -> hub.requestProgress(this));
    }

    /// Does something after all that was asked here so far was heard.
    public void whenHeard(Runnable action) {
        hub.tell(action);
    }

    /// The sink takes events again.
    public void ready() {
        hub.tell(() -> hub.ready(this));
    }

    @Override
    public void close() {
        hub.tell(() -> hub.close(this));
    }

    /// The id that was asked for, or the next free one; -1 if it is taken.
    long idFor(long wanted) {
        if (wanted != 0) return isTaken(wanted) ? -1 : wanted;
        while (isTaken(nextId)) nextId++;
        return nextId++;
    }

    private boolean isTaken(long id) {
        return watchers.containsKey(id) || ended.contains(id);
    }
}
