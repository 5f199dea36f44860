package io.orlop.control.keyspace.local;

import io.orlop.control.keyspace.AlteredChanges;
import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Feed;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Lease;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.ResumableWatch;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.control.keyspace.local.Faults.Fate;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One client of a [LocalStore]. It can be cut off: then its calls fail after a time and its streams break, until it is
/// let in again.
public final class LocalKeyspace implements Keyspace {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final int PAGE = 50;

    private final LocalStore store;
    private final Ambient ambient;
    private final Faults faults;
    private final List<Consumer<Feed.News>> streams = new CopyOnWriteArrayList<>();
    private final List<Watching> watches = new CopyOnWriteArrayList<>();
    private volatile boolean connected = true;
    private volatile boolean online = true;
    private volatile boolean closed;

    public LocalKeyspace(LocalStore store, Ambient ambient, Faults faults) {
        this.store = store;
        this.ambient = ambient;
        this.faults = faults;
    }

    public LocalKeyspace(LocalStore store, Ambient ambient) {
        this(store, ambient, Faults.NONE);
    }

    public void disconnect() {
        connected = false;
        breakStreams("disconnected");
    }

    public void reconnect() {
        connected = true;
    }

    /// Breaks every open stream; the watches on them have to open new ones.
    public void breakStreams(String why) {
        for (Consumer<Feed.News> stream : streams) {
            streams.remove(stream);
            stream.accept(new Feed.News.Broken(why));
        }
    }

    @Override
    public Optional<KeyValue> get(String key) {
        return call("get", false, () -> store.get(key));
    }

    @Override
    public long load(String prefix, Consumer<List<KeyValue>> page) {
        Listing all = call("load", false, () -> store.load(prefix));
        for (int from = 0; from < all.entries().size(); from += PAGE) {
            page.accept(all.entries()
                    .subList(from, Math.min(from + PAGE, all.entries().size())));
        }
        return all.revision();
    }

    @Override
    public Commit commit(Transaction transaction) {
        return call("commit", true, () -> store.commit(transaction));
    }

    @Override
    public Watching watch(Listing after, WatchListener listener) {
        Watching watch =
                ResumableWatch.start(ambient, this::open, this::load, after, new AlteredChanges(listener, this::late));
        watches.add(watch);
        return () -> {
            watches.remove(watch);
            watch.close();
        };
    }

    private Watching open(String prefix, long fromRevision, Consumer<Feed.News> news) {
        return call("watch", false, () -> {
            streams.add(news);
            Watching stream = store.open(prefix, fromRevision, said -> {
                if (streams.contains(news)) news.accept(said);
            });
            return () -> {
                streams.remove(news);
                stream.close();
            };
        });
    }

    @Override
    public Lease grant(Duration ttl) {
        return call("grant", true, () -> store.grant(ttl));
    }

    @Override
    public Optional<Duration> keepAlive(long lease) {
        return call("keepAlive", false, () -> store.keepAlive(lease));
    }

    @Override
    public void revoke(long lease) {
        call("revoke", true, () -> {
            store.revoke(lease);
            return lease;
        });
    }

    @Override
    public boolean online() {
        return online;
    }

    @Override
    public void close() {
        closed = true;
        watches.forEach(Watching::close);
    }

    private <R> R call(String call, boolean changing, Supplier<R> work) {
        if (closed) throw StoreUnavailableException.untouched(call, "this client is closed", null);
        try {
            if (!connected) return lost(call, false, PATIENCE);
            return switch (faults.fate(call)) {
                case Fate.Delivered(Duration there, Duration back) -> {
                    pause(there);
                    if (!connected) yield lost(call, changing, PATIENCE);
                    R answer = work.get();
                    pause(back);
                    online = true;
                    yield answer;
                }
                case Fate.RequestLost(Duration noticed) -> lost(call, changing, noticed);
                case Fate.Refused(String why) ->
                    throw StoreUnavailableException.refused(call, why, "give the store room");
                case Fate.AnswerLost(Duration noticed) -> {
                    if (changing) Objects.requireNonNull(work.get());
                    yield lost(call, changing, noticed);
                }
            };
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw changing
                    ? StoreUnavailableException.outcomeUnknown(call, "interrupted", interrupted)
                    : StoreUnavailableException.untouched(call, "interrupted", interrupted);
        }
    }

    /// A client cannot know whether the request or the answer was lost.
    private <R> R lost(String call, boolean sent, Duration noticed) throws InterruptedException {
        pause(noticed);
        online = false;
        throw sent
                ? StoreUnavailableException.outcomeUnknown(call, "no answer in " + noticed, null)
                : StoreUnavailableException.untouched(call, "no answer in " + noticed, null);
    }

    private Changes late(Changes changes) {
        try {
            pause(faults.late());
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return changes;
    }

    private void pause(Duration time) throws InterruptedException {
        if (time.isPositive()) ambient.sleep(time);
    }
}
