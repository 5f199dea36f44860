package io.orlop.control.keyspace;

import io.orlop.control.loop.BackOff;
import io.orlop.control.loop.Lasting;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
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
/// It remembers the revision told last and resumes after it. Who is slower than the store is no reason to keep the
/// store's history here: where too much waits in the [Inbox], the stream is given up, and the next one brings the rest.
///
/// For a listener who does not remember what it was told, it remembers the revision of every key below the prefix as
/// well, so that a new listing can be told as what changed since.
public final class ResumableWatch implements Watching {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(5));

    private final Ambient ambient;
    private final String prefix;
    private final Feed feed;
    private final Pages pages;
    private final WatchListener listener;
    private final Signal stirred;
    private final Map<String, Long> known = new TreeMap<>();
    private long told;
    private boolean mustList;
    private volatile @Nullable Lasting thread;
    private volatile boolean closed;

    /// How a listing is fetched: [Keyspace#load(String, Consumer)].
    @FunctionalInterface
    public interface Pages {
        long load(String prefix, Consumer<List<KeyValue>> page);
    }

    private ResumableWatch(Ambient ambient, Feed feed, Pages pages, Listing after, WatchListener listener) {
        this.ambient = ambient;
        this.prefix = after.prefix();
        this.feed = feed;
        this.pages = pages;
        this.listener = listener;
        this.stirred = ambient.signal();
        this.told = after.revision();
        this.mustList = after.isUnknown();
        after.entries().forEach(entry -> note(List.of(new Event.Put(entry))));
    }

    public static ResumableWatch start(Ambient ambient, Feed feed, Pages pages, Listing after, WatchListener listener) {
        var watch = new ResumableWatch(ambient, feed, pages, after, listener);
        watch.thread = Lasting.start(ambient, "watch " + after.prefix(), watch::run);
        return watch;
    }

    @Override
    public void close() {
        closed = true;
        stirred.raise();
        Lasting running = thread;
        if (running != null) running.close();
    }

    private void run() throws InterruptedException {
        int failures = 0;
        while (!closed) {
            long before = told;
            String why = step();
            if (closed || why == null) continue;
            failures = told > before ? 0 : failures + 1;
            listener.interrupted(why);
            stirred.await(PATIENCE.after(failures, ambient.random()));
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
        } catch (RuntimeException surprise) {
            // What the listener did not get through is not told: the next stream brings it again.
            listener.interrupted(String.valueOf(surprise));
            throw surprise;
        }
    }

    private void relist() {
        var left = new ArrayList<Event>();
        var found = new TreeSet<String>();
        long revision = pages.load(prefix, page -> {
            var part = new ArrayList<Event>();
            for (KeyValue entry : page) {
                found.add(entry.key());
                Long seen = known.get(entry.key());
                if (seen == null || seen < entry.modRevision()) part.add(new Event.Put(entry));
            }
            if (closed || part.isEmpty()) return;
            if (listener.listed(part)) note(part);
            else left.addAll(part);
        });
        for (String key : known.keySet()) {
            if (!found.contains(key)) left.add(new Event.Deleted(key, revision));
        }
        if (!closed && listener.remembers()) listener.listedAll(found, revision);
        accept(left, revision);
        mustList = false;
    }

    private @Nullable String follow() throws InterruptedException {
        var inbox = new Inbox();
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
        if (!closed) listener.changed(new Changes(events, revision));
        note(events);
        told = revision;
    }

    private void note(List<Event> events) {
        if (listener.remembers()) return;
        for (Event event : events) {
            switch (event) {
                case Event.Put(KeyValue entry) -> known.put(entry.key(), entry.modRevision());
                case Event.Deleted(String key, var _) -> known.remove(key);
            }
        }
    }
}
