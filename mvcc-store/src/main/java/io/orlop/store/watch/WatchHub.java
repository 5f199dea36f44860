package io.orlop.store.watch;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.notice.Notices;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tells watchers what happened. One thread does all of it: commits, new watches, cancellations and questions wait in
/// one queue, so the order of answers is the order of that queue and nothing needs a lock.
///
/// ```
///   writer ── commit ──┐                    ┌─ Live ────── hears each commit at once
///   stream ── create ──┼──► queue ──► hub ──┤   │ sink full, or commit not kept   ▲ caught up
///   stream ── cancel ──┘                    └─ Behind ──── reads the past from the index, a piece at a time
/// ```
/// A sink that is full costs no memory: its watches fall behind, and read the past when it is ready. The same happens
/// to everybody if the hub itself is too far behind to keep what it has not told yet.
public final class WatchHub implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(WatchHub.class.getName());

    /// Events go out in pieces of about this size: smaller than what clients accept in one message.
    private static final int PIECE_BYTES = 1 << 20;
    /// What may wait for the hub before commits are no longer kept for it.
    private static final long WAITING_BYTES_MAX = 32L << 20;

    private final Values values;
    private final LongSupplier visible;
    private final LongSupplier compacted;
    private final Ambient ambient;
    private final Notices notices;
    private final long progressNanos;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final Signal work;
    private final AtomicLong waitingBytes = new AtomicLong();
    private volatile int watcherCount;

    /// The last revision of which nobody was to hear anything when it was committed.
    private volatile long unheard;

    private volatile Crowd crowd = Crowd.NOBODY;
    private volatile boolean closed;

    private final Set<WatchStream> streams = new LinkedHashSet<>();
    private final Pasts pasts;
    private final Set<Watcher> behind = new LinkedHashSet<>();
    private final Map<Octets, List<Watcher>> byKey = new HashMap<>();
    private final List<Watcher> byRange = new ArrayList<>();
    private long told;
    private long progressAtNanos;

    /// @param visible the revision that readers see
    /// @param compacted the revision before which history is gone
    public WatchHub(
            KeyIndex index,
            Values values,
            LongSupplier visible,
            LongSupplier compacted,
            Ambient ambient,
            Duration progressInterval) {
        this.pasts = new Pasts(index);
        this.values = values;
        this.visible = visible;
        this.compacted = compacted;
        this.ambient = ambient;
        this.notices = new Notices(LOGGER, ambient.threads());
        this.progressNanos = progressInterval.toNanos();
        this.work = ambient.signal();
        this.told = visible.getAsLong();
        this.progressAtNanos = ambient.nanos() + progressNanos;
    }

    public WatchStream open(WatchSink sink) {
        WatchStream stream = new WatchStream(this, sink);
        tell(() -> streams.add(stream));
        return stream;
    }

    /// Who listened a moment ago.
    public Crowd crowd() {
        return crowd;
    }

    /// Whether anybody would hear of a commit, so that its changes are worth keeping.
    public boolean listens() {
        return watcherCount > 0 && waitingBytes.get() < WAITING_BYTES_MAX;
    }

    /// The writer hands over what readers can see since a moment ago. As long as nobody watches, that is a number and
    /// wakes nobody: whoever begins to watch counts first and looks at the number then.
    public void committed(Committed commit) {
        if (commit.changes() == null) {
            unheard = commit.last();
            if (watcherCount > 0) work.raise();
            return;
        }
        long bytes = sizeOf(commit);
        waitingBytes.addAndGet(bytes);
        tell(() -> {
            waitingBytes.addAndGet(-bytes);
            deliver(commit);
        });
    }

    /// Does something after all that waits now was told: nobody needs any more what those commits refer to.
    public void afterAllTold(Runnable action) {
        tell(action);
    }

    void tell(Runnable command) {
        queue.add(command);
        work.raise();
    }

    @Override
    public void close() {
        closed = true;
        work.raise();
    }

    /// The hub's life.
    public void run() {
        try {
            while (!closed) {
                if (!turn()) pause();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Does what waits, and one piece of catching up for everybody who is behind.
    ///
    /// @return whether there is more to do at once
    public boolean turn() {
        Runnable command;
        while ((command = queue.poll()) != null) guarded(command);
        missedUpTo(unheard);
        boolean more = catchUp();
        answerProgress();
        tick();
        if (crowd.streams() != streams.size() || crowd.watchers() != watcherCount || crowd.behind() != behind.size()) {
            crowd = new Crowd(streams.size(), watcherCount, behind.size());
        }
        return more;
    }

    /// One client's trouble is not the others'.
    private void guarded(Runnable command) {
        try {
            command.run();
        } catch (RuntimeException e) {
            notices.warn("a watch could not be served", e);
        }
    }

    private void pause() throws InterruptedException {
        if (watcherCount == 0) work.await();
        else work.await(Duration.ofNanos(Math.max(1, progressAtNanos - ambient.nanos())));
    }

    void create(WatchStream stream, WatchRequest request, LongConsumer named) {
        if (!streams.contains(stream)) return;
        WatchSink sink = stream.sink;
        long now = visible.getAsLong();
        if (request.start() < 0) {
            sink.refused(WatchRefusal.NEGATIVE_START, now);
            return;
        }
        if (request.keys().isNothing()) {
            sink.refused(WatchRefusal.EMPTY_RANGE, now);
            return;
        }
        long id = stream.idFor(request.id());
        if (id < 0) {
            sink.refused(WatchRefusal.DUPLICATE_ID, now);
            return;
        }
        long next = request.start() == 0 ? now + 1 : request.start();
        Watcher watcher = new Watcher(stream, id, request, new WatcherState.Live(next));
        stream.watchers.put(id, watcher);
        if (request.keys().isSingle()) {
            byKey.computeIfAbsent(request.keys().from(), _ -> new ArrayList<>()).add(watcher);
        } else {
            byRange.add(watcher);
        }
        if (watcherCount == 0) progressAtNanos = ambient.nanos() + progressNanos;
        watcherCount++;
        named.accept(id);
        sink.created(id, now);
        if (next <= told) fallBehind(watcher, next);
    }

    void refuse(WatchStream stream, WatchRefusal why) {
        if (streams.contains(stream)) stream.sink.refused(why, visible.getAsLong());
    }

    void cancel(WatchStream stream, long id) {
        Watcher watcher = stream.watchers.get(id);
        if (watcher == null && !stream.ended.remove(id)) return;
        if (watcher != null) remove(watcher);
        stream.sink.canceled(id, visible.getAsLong());
    }

    void close(WatchStream stream) {
        for (Watcher watcher : List.copyOf(stream.watchers.values())) remove(watcher);
        streams.remove(stream);
    }

    void requestProgress(WatchStream stream) {
        stream.progressWanted = visible.getAsLong();
    }

    private void remove(Watcher watcher) {
        watcher.stream.watchers.remove(watcher.id);
        behind.remove(watcher);
        if (watcher.request.keys().isSingle()) {
            Octets key = watcher.request.keys().from();
            List<Watcher> others = byKey.getOrDefault(key, new ArrayList<>());
            others.remove(watcher);
            if (others.isEmpty()) byKey.remove(key);
        } else {
            byRange.remove(watcher);
        }
        watcherCount--;
    }

    private void fallBehind(Watcher watcher, long next) {
        watcher.state = new WatcherState.Behind(next);
        watcher.heard.clear();
        behind.add(watcher);
    }

    private void deliver(Committed commit) {
        List<Committed.Changed> changes = commit.changes();
        if (changes == null) return;
        missedUpTo(commit.first() - 1);
        told = commit.last();
        Set<Watcher> touched = new LinkedHashSet<>();
        for (Committed.Changed changed : changes) {
            Lazy event = new Lazy(changed);
            for (Watcher watcher : byKey.getOrDefault(changed.event().kv().key(), List.of()))
                hear(watcher, event, touched);
            for (Watcher watcher : byRange) {
                if (watcher.request.keys().contains(changed.event().kv().key())) hear(watcher, event, touched);
            }
        }
        Map<SameEvents, List<Watcher>> groups = new LinkedHashMap<>();
        for (Watcher watcher : touched) {
            if (watcher.state instanceof WatcherState.Live) {
                SameEvents heard = new SameEvents(List.copyOf(watcher.heard));
                groups.computeIfAbsent(heard, _ -> new ArrayList<>()).add(watcher);
            }
            watcher.heard.clear();
        }
        groups.forEach((heard, watchers) -> tell(heard.events(), watchers));
    }

    /// What was committed since the last that was told, up to this revision, nobody was told of.
    private void missedUpTo(long revision) {
        if (revision <= told) return;
        for (WatchStream stream : streams) {
            for (Watcher watcher : stream.watchers.values()) {
                if (watcher.state instanceof WatcherState.Live(long next) && next <= revision) {
                    fallBehind(watcher, Math.max(next, told + 1));
                }
            }
        }
        told = revision;
    }

    private void hear(Watcher watcher, Lazy lazy, Set<Watcher> touched) {
        Event event = lazy.changed.event();
        if (!(watcher.state instanceof WatcherState.Live(long next))) return;
        if (event.revision() < next || !watcher.request.wants(event.kind())) return;
        touched.add(watcher);
        try {
            watcher.heard.add(watcher.request.previous() ? lazy.withPrevious() : event);
        } catch (UncheckedIOException unreadable) {
            // It will be told so when it tries to catch up.
            fallBehind(
                    watcher,
                    watcher.heard.isEmpty()
                            ? event.revision()
                            : watcher.heard.getFirst().revision());
        }
    }

    /// Piece by piece, and each piece to all: who encodes it does so once.
    private void tell(List<Event> events, List<Watcher> watchers) {
        List<Watcher> listening = watchers;
        int from = 0;
        while (from < events.size() && !listening.isEmpty()) {
            int to = pieceEnd(events, from);
            List<Event> piece = events.subList(from, to);
            List<Watcher> told = new ArrayList<>(listening.size());
            for (Watcher watcher : listening) {
                if (watcher.stream.sink.ready()) {
                    watcher.quiet = false;
                    watcher.stream.sink.events(watcher.id, piece.getLast().revision(), piece);
                    told.add(watcher);
                } else {
                    fallBehind(watcher, piece.getFirst().revision());
                }
            }
            listening = told;
            from = to;
        }
    }

    private static int pieceEnd(List<Event> events, int from) {
        long bytes = 0;
        int to = from;
        while (to < events.size()) {
            boolean boundary = to == from
                    || events.get(to).revision() != events.get(to - 1).revision();
            if (boundary && bytes >= PIECE_BYTES) break;
            bytes += Past.sizeOf(events.get(to++));
        }
        return to;
    }

    /// One piece for each watch that is behind and may be told.
    ///
    /// @return whether there is more to do at once
    private boolean catchUp() {
        if (behind.isEmpty()) {
            pasts.forget();
            return false;
        }
        Map<Want, List<Watcher>> groups = new LinkedHashMap<>();
        for (Watcher watcher : behind) {
            if (watcher.state instanceof WatcherState.Behind(long next) && watcher.stream.sink.ready()) {
                groups.computeIfAbsent(Want.of(watcher.request, next), _ -> new ArrayList<>())
                        .add(watcher);
            }
        }
        groups.forEach((want, watchers) -> {
            try {
                catchUp(want, watchers);
            } catch (UncheckedIOException unreadable) {
                String why = "etcdserver: " + unreadable.getMessage();
                for (Watcher watcher : watchers) {
                    remove(watcher);
                    watcher.stream.sink.failed(watcher.id, visible.getAsLong(), why);
                }
            }
        });
        return behind.stream().anyMatch(watcher -> watcher.stream.sink.ready());
    }

    private void catchUp(Want want, List<Watcher> watchers) {
        Past.Piece piece = pasts.of(want.keys(), want.next(), told).piece(values, want, PIECE_BYTES);
        // The look at the compaction comes after the look at the past: what was there then was all there.
        if (piece == null || want.next() < compacted.getAsLong()) {
            for (Watcher watcher : watchers) {
                remove(watcher);
                watcher.stream.ended.add(watcher.id);
                watcher.stream.sink.compacted(watcher.id, compacted.getAsLong(), visible.getAsLong());
            }
            return;
        }
        for (Watcher watcher : watchers) {
            // Others of its stream may have been told so much that it is full.
            if (!watcher.stream.sink.ready()) continue;
            if (!piece.events().isEmpty()) {
                watcher.quiet = false;
                watcher.stream.sink.events(watcher.id, visible.getAsLong(), piece.events());
            }
            if (piece.complete() < told) {
                watcher.state = new WatcherState.Behind(piece.complete() + 1);
            } else {
                watcher.state = new WatcherState.Live(told + 1);
                behind.remove(watcher);
            }
        }
    }

    private void answerProgress() {
        for (WatchStream stream : streams) {
            // As in etcd: of no watch there is nothing to say, least of all of one that failed.
            if (stream.watchers.isEmpty()) stream.progressWanted = 0;
            if (stream.progressWanted == 0 || stream.progressWanted > told || !stream.sink.ready()) continue;
            if (!stream.watchers.values().stream().allMatch(watcher -> watcher.hasHeardUpTo(told))) continue;
            stream.progressWanted = 0;
            stream.sink.progress(WatchSink.ALL, told);
        }
    }

    private void tick() {
        if (watcherCount == 0 || ambient.nanos() - progressAtNanos < 0) return;
        progressAtNanos = ambient.nanos() + progressNanos;
        for (WatchStream stream : streams) {
            for (Watcher watcher : stream.watchers.values()) {
                if (watcher.request.progress() && watcher.quiet && watcher.hasHeardUpTo(told) && stream.sink.ready()) {
                    stream.sink.progress(watcher.id, told);
                }
                watcher.quiet = true;
            }
        }
    }

    private static long sizeOf(Committed commit) {
        if (commit.changes() == null) return 0;
        long bytes = 0;
        for (Committed.Changed changed : commit.changes()) bytes += Past.sizeOf(changed.event());
        return bytes;
    }

    /// The event with the key as it was before, read once however many watchers want it.
    private final class Lazy {
        private final Committed.Changed changed;
        private @Nullable Event withPrevious;

        Lazy(Committed.Changed changed) {
            this.changed = changed;
        }

        Event withPrevious() {
            if (withPrevious == null) {
                Change before = changed.before();
                KeyValue previous = before == null ? null : values.at(before.location());
                withPrevious = new Event(changed.event().kind(), changed.event().kv(), previous);
            }
            return withPrevious;
        }
    }
}
