package io.orlop.control.keyspace;

import io.orlop.control.loop.BackOff;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A watch that outlives its streams.
///
/// ```
///            ┌───────── history compacted ─────────┐
///            ▼                                     │
///   list, tell the difference ──► stream from revision + 1 ──► tell
///            ▲                                     │    ▲
///            └── nothing known yet                 └────┘ broken: wait, stream again
/// ```
///
/// It remembers the revision told last and resumes after it, and the revision of every key below the prefix, so that a
/// new listing can be told as what changed since.
public final class ResumableWatch implements Watching {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final Ambient ambient;
    private final String prefix;
    private final Feed feed;
    private final Function<String, Listing> load;
    private final WatchListener listener;
    private final Signal stirred;
    private final Map<String, Long> known = new TreeMap<>();
    private long told;
    private boolean mustList;
    private volatile boolean closed;

    private ResumableWatch(
            Ambient ambient, Feed feed, Function<String, Listing> load, Listing after, WatchListener listener) {
        this.ambient = ambient;
        this.prefix = after.prefix();
        this.feed = feed;
        this.load = load;
        this.listener = listener;
        this.stirred = ambient.signal();
        this.told = after.revision();
        this.mustList = after.isUnknown();
        for (KeyValue entry : after.entries()) known.put(entry.key(), entry.modRevision());
    }

    public static ResumableWatch start(
            Ambient ambient, Feed feed, Function<String, Listing> load, Listing after, WatchListener listener) {
        var watch = new ResumableWatch(ambient, feed, load, after, listener);
        ambient.start("watch " + after.prefix(), watch::run);
        return watch;
    }

    @Override
    public void close() {
        closed = true;
        stirred.raise();
    }

    private void run() {
        int failures = 0;
        try {
            while (!closed) {
                long before = told;
                String why = step();
                if (closed || why == null) continue;
                failures = told > before ? 0 : failures + 1;
                listener.interrupted(why);
                stirred.await(PATIENCE.after(failures, ambient.random()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Lists if it must, then follows one stream to its end.
    ///
    /// @return why it broke, or null if it can go on at once
    private @Nullable String step() throws InterruptedException {
        try {
            if (mustList) relist();
            return follow();
        } catch (StoreUnavailableException unavailable) {
            return String.valueOf(unavailable.getMessage());
        }
    }

    private void relist() {
        Listing now = load.apply(prefix);
        var events = new ArrayList<Event>();
        var gone = new TreeMap<>(known);
        for (KeyValue entry : now.entries()) {
            Long seen = gone.remove(entry.key());
            if (seen == null || seen < entry.modRevision()) events.add(new Event.Put(entry));
        }
        for (String key : gone.keySet()) events.add(new Event.Deleted(key, now.revision()));
        mustList = false;
        accept(events, now.revision());
    }

    private @Nullable String follow() throws InterruptedException {
        Queue<Feed.News> inbox = new ConcurrentLinkedQueue<>();
        try (Watching _ = feed.open(prefix, told + 1, news -> {
            inbox.add(news);
            stirred.raise();
        })) {
            listener.following();
            while (!closed) {
                Feed.News news = inbox.poll();
                switch (news) {
                    case null -> stirred.await();
                    case Feed.News.Changed(Changes changes) -> tell(changes);
                    case Feed.News.Compacted() -> {
                        mustList = true;
                        return null;
                    }
                    case Feed.News.Broken(String why) -> {
                        return why;
                    }
                }
            }
        }
        return null;
    }

    private void tell(Changes changes) {
        if (changes.revision() <= told) return;
        // A stream may begin with what was told before: an event counts once.
        accept(
                changes.events().stream()
                        .filter(event -> event.revision() > told)
                        .toList(),
                changes.revision());
    }

    private void accept(List<Event> events, long revision) {
        for (Event event : events) {
            switch (event) {
                case Event.Put(KeyValue entry) -> known.put(entry.key(), entry.modRevision());
                case Event.Deleted(String key, var _) -> known.remove(key);
            }
        }
        told = revision;
        if (!closed) listener.changed(new Changes(events, revision));
    }
}
