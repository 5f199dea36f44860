package io.orlop.store.line;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchRequest;
import io.orlop.store.watch.WatchSink;
import io.orlop.store.watch.WatchStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What one waiting call watches, as blocking code: one range after another, news as they come.
///
/// The call's thread watches and waits; the hub's brings the news; any thread may abandon the call, which ends the
/// wait. The hub never waits here: with enough unread it is told that this is not ready for more.
public final class Watching implements WatchSink, AutoCloseable {
    private static final int UNREAD_MAX = 16;

    private final WatchStream stream;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /// All below is guarded by the lock.
    private final Deque<List<Event>> unread = new ArrayDeque<>();

    private long watch;
    private boolean outdated;
    private boolean abandoned;
    private @Nullable String failure;

    public Watching(MvccStore store) {
        stream = store.watch(this);
    }

    /// Watches this and nothing else from now on.
    ///
    /// @param from the first revision of interest
    void watch(KeyRange keys, long from) {
        lock.lock();
        try {
            if (watch > 0) stream.cancel(watch);
            watch++;
            unread.clear();
            outdated = false;
            stream.create(new WatchRequest(watch, keys, from, false, false, true, true));
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the next changes.
    ///
    /// @return empty if they were compacted before this watch began: look at the store again
    List<Event> news() throws AbandonedException {
        lock.lock();
        try {
            while (unread.isEmpty() && !outdated && failure == null && !abandoned) changed.awaitUninterruptibly();
            if (abandoned) throw new AbandonedException();
            if (failure != null) throw new IllegalStateException(failure);
            List<Event> next = unread.pollFirst();
            if (unread.size() == UNREAD_MAX - 1) stream.ready();
            return next == null ? List.of() : next;
        } finally {
            lock.unlock();
        }
    }

    /// Waits until this is so; [#wake] has it look again.
    public void until(BooleanSupplier met) throws AbandonedException {
        lock.lock();
        try {
            while (!met.getAsBoolean() && !abandoned) changed.awaitUninterruptibly();
            if (abandoned) throw new AbandonedException();
        } finally {
            lock.unlock();
        }
    }

    public void wake() {
        change(() -> {});
    }

    /// Nobody waits any more.
    public void abandon() {
        change(() -> abandoned = true);
    }

    /// Makes sure that somebody still wants to know.
    public void ensureWanted() throws AbandonedException {
        until(() -> true);
    }

    @Override
    public void close() {
        stream.close();
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void changeOf(long id, Runnable change) {
        change(() -> {
            if (id == watch) change.run();
        });
    }

    @Override
    public boolean ready() {
        lock.lock();
        try {
            return unread.size() < UNREAD_MAX;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void events(long id, long revision, List<Event> events) {
        changeOf(id, () -> unread.add(List.copyOf(events)));
    }

    @Override
    public void compacted(long id, long compactRevision, long revision) {
        changeOf(id, () -> outdated = true);
    }

    @Override
    public void failed(long id, long revision, String why) {
        changeOf(id, () -> failure = why);
    }

    @Override
    public void refused(WatchRefusal why, long revision) {
        change(() -> failure = why.text());
    }

    @Override
    public void created(long id, long revision) {}

    @Override
    public void canceled(long id, long revision) {}

    @Override
    public void progress(long id, long revision) {}
}
