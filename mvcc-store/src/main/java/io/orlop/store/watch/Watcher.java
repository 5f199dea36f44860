package io.orlop.store.watch;

import io.orlop.store.api.Event;
import java.util.ArrayList;
import java.util.List;

/// One watch of one stream. Belongs to the hub's thread.
final class Watcher {
    final WatchStream stream;
    final long id;
    final WatchRequest request;
    WatcherState state;

    /// Events of the commit at hand that it will be told in one go.
    final List<Event> heard = new ArrayList<>();

    /// Whether it was told nothing since the last look at the clock.
    boolean quiet = true;

    Watcher(WatchStream stream, long id, WatchRequest request, WatcherState state) {
        this.stream = stream;
        this.id = id;
        this.request = request;
        this.state = state;
    }

    /// Whether all up to this revision was said, and the watch has begun.
    boolean hasHeardUpTo(long revision) {
        return state instanceof WatcherState.Live && request.start() <= revision;
    }
}
