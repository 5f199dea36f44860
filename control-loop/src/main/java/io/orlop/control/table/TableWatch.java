package io.orlop.control.table;

import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// One watch over everything below a root, for many tables. What one stream tells comes in the order of its revisions:
/// so whoever waits until a revision was told knows everything that was written before it, in every table.
///
/// ```
///   root/ ── one watch ──► volumes/…  ──► table of volumes
///                          replicas/… ──► table of replicas
///                          leaders/…  ──► nobody's, and still a sign that everything before it was told
/// ```
public final class TableWatch implements AutoCloseable {
    private final Ambient ambient;
    private final NavigableMap<String, Table<?, ?>> tables = new TreeMap<>();
    private final List<Signal> waiting = new CopyOnWriteArrayList<>();
    private final Watching watch;
    private volatile long told;

    /// @param root ends in a slash; every table's prefix begins with it
    public TableWatch(Ambient ambient, Keyspace keyspace, String root, Collection<Table<?, ?>> fed) {
        this.ambient = ambient;
        fed.forEach(table -> tables.put(table.prefix(), table));
        this.watch = keyspace.watch(Listing.unknown(root), new Follower());
    }

    /// Waits until everything up to this revision was told.
    ///
    /// @return whether it was in time
    public boolean awaitTold(long revision, Duration atMost) throws InterruptedException {
        Signal heard = ambient.signal();
        waiting.add(heard);
        try {
            long deadline = ambient.nanos() + atMost.toNanos();
            while (told < revision) {
                long left = deadline - ambient.nanos();
                if (left <= 0) return false;
                heard.await(Duration.ofNanos(left));
            }
            return true;
        } finally {
            waiting.remove(heard);
        }
    }

    @Override
    public void close() {
        watch.close();
    }

    private void pass(Event event) {
        var nearest = tables.floorEntry(event.key());
        if (nearest != null && event.key().startsWith(nearest.getKey()))
            nearest.getValue().told(event);
    }

    private final class Follower implements WatchListener {
        @Override
        public void changed(Changes changes) {
            changes.events().forEach(TableWatch.this::pass);
            tables.values().forEach(table -> table.toldUpTo(changes.revision()));
            told = changes.revision();
            waiting.forEach(Signal::raise);
        }

        @Override
        public boolean remembers() {
            return true;
        }

        @Override
        public void listedAll(Set<String> found, long revision) {
            tables.values().forEach(table -> table.listedAll(found, revision));
        }

        @Override
        public boolean listed(List<Event> part) {
            part.forEach(TableWatch.this::pass);
            return true;
        }

        @Override
        public void following() {
            tables.values().forEach(table -> table.following(true));
        }

        @Override
        public void interrupted(String why) {
            tables.values().forEach(table -> table.following(false));
        }
    }
}
