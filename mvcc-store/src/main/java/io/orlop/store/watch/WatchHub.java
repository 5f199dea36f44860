package io.orlop.store.watch;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyValue;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.log.Bookmark;
import io.orlop.store.log.Log;
import io.orlop.store.notice.Notices;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tells watchers what happened. One thread does all of it: commits, new watches, cancellations and questions wait in
/// one queue, so the order of answers is the order of that queue and nothing needs a lock.
///
/// ```
///   writer ── commit ──┐                    ┌─ Live ────── hears each commit at once
///   stream ── create ──┼──► queue ──► hub ──┤   │ sink full, or commit not kept   ▲ caught up
///   stream ── cancel ──┤              │     └─ Behind ──── is told what slices of the log say
///   slice ─────────────┘              │                                         ▲
///     ▲                               └──► who is behind and could be told ─────┼─► PastReader, on a thread of its own
///     └─────────────────────────────────────────────────────────────────────────┘
/// ```
/// A sink that is full costs no memory: its watches fall behind, and are told of the past when it is ready. The same
/// happens to everybody if the hub itself is too far behind to keep what it has not told yet. The hub never looks at
/// the past itself: it hands out slices of it, to who has waited longest first, and all others who want something
/// of a slice are served with it.
public final class WatchHub implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(WatchHub.class.getName());

    /// Events go out in pieces of about this size: smaller than what clients accept in one message.
    private static final int PIECE_BYTES = 1 << 20;
    /// Those of the past in smaller ones: while the hub tells one, what happens now waits.
    private static final int PAST_BYTES = 1 << 17;
    /// What may wait for the hub before commits are no longer kept for it, at most.
    private static final long WAITING_BYTES_MAX = 32L << 20;

    /// What it takes to remember the id of one that ended.
    private static final long ENDED_BYTES = 64;

    /// Of what may be under way, what waits for the hub has this part.
    private static final int WAITING_PART = 8;

    /// What a watch takes in memory beside its keys: in its stream, and where it is found by them.
    private static final long WATCH_BYTES = 400;

    /// Slices of the past that are read at once: should one wait for the disk, another may not have to.
    private static final int READERS = 2;
    /// How far apart those may be who are looked at for the same slice.
    private static final long TOGETHER_REVISIONS = 50_000;

    private final Values values;
    private final LongSupplier visible;
    private final LongSupplier compacted;
    private final Ambient ambient;
    private final Notices notices;
    private final long progressNanos;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final Signal work;
    private final AtomicLong waitingBytes = new AtomicLong();
    private final long waitingBytesMax;
    private volatile int watcherCount;
    private volatile long watchersBytes;
    private volatile long watchersBytesMax = Long.MAX_VALUE;

    /// The last revision of which nobody was to hear anything when it was committed.
    private volatile long unheard;

    private volatile Crowd crowd = Crowd.NOBODY;
    private volatile boolean closed;

    private final Set<WatchStream> streams = new LinkedHashSet<>();
    private final Interests<Watcher> interests = new Interests<>();
    private final Set<Watcher> behind = new LinkedHashSet<>();

    /// Those who wait to hear that all was said.
    private final Set<WatchStream> asking = new LinkedHashSet<>();

    /// Of those who are behind, whoever may be told and is not being read for; who has waited longest in front.
    private final SequencedMap<Want, Waiting> waiting = new LinkedHashMap<>();

    private final Past past;
    private final List<PastReader> readers;
    private final Lately lately;
    private long told;
    private long progressAtNanos;

    /// @param visible the revision that readers see
    /// @param compacted the revision before which history is gone
    /// @param sliceBytes of the log that are read at a time
    /// @param underWayBytes what may be in memory of commits that were not told yet, with others
    public WatchHub(
            KeyIndex index,
            Values values,
            Log log,
            LongSupplier visible,
            LongSupplier compacted,
            Ambient ambient,
            Duration progressInterval,
            long sliceBytes,
            long underWayBytes) {
        this.waitingBytesMax = Math.min(WAITING_BYTES_MAX, underWayBytes / WAITING_PART);
        this.lately = new Lately(waitingBytesMax);
        this.past = new Past(index, values, log.chronicle(), compacted, sliceBytes, PAST_BYTES);
        this.readers =
                Stream.generate(() -> new PastReader(ambient)).limit(READERS).toList();
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

    /// No more watches are made that would take more than this.
    public void takesUpTo(long bytes) {
        watchersBytesMax = bytes;
    }

    /// About how many bytes of memory watches take.
    public long bytes() {
        return watchersBytes;
    }

    private static long sizeOf(WatchRequest request) {
        return WATCH_BYTES
                + request.keys().from().length()
                + request.keys().to().length();
    }

    /// Whether anybody would hear of a commit, so that its changes are worth keeping.
    public boolean listens() {
        return watcherCount > 0 && waitingBytes.get() < waitingBytesMax;
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
        tell(() -> {
            lately.forget();
            action.run();
        });
    }

    void tell(Runnable command) {
        queue.add(command);
        work.raise();
    }

    @Override
    public void close() {
        closed = true;
        work.raise();
        readers.forEach(PastReader::close);
    }

    /// What reads the past, each on a thread of its own; without threads the hub does it in its turn.
    public List<Runnable> readers() {
        return readers.stream().<Runnable>map(reader -> reader::run).toList();
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

    /// Does what waits, and has read what can be read for those who are behind.
    ///
    /// @return whether there is more to do at once
    public boolean turn() {
        Runnable command;
        while ((command = queue.poll()) != null) guarded(command);
        missedUpTo(unheard);
        catchUp();
        answerProgress();
        tick();
        if (crowd.streams() != streams.size() || crowd.watchers() != watcherCount || crowd.behind() != behind.size()) {
            crowd = new Crowd(streams.size(), watcherCount, behind.size());
        }
        return !queue.isEmpty();
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
        if (watchersBytes + sizeOf(request) > watchersBytesMax) {
            sink.refused(WatchRefusal.TOO_MANY, now);
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
        interests.add(request.keys(), watcher);
        if (watcherCount == 0) progressAtNanos = ambient.nanos() + progressNanos;
        watcherCount++;
        watchersBytes += sizeOf(request);
        named.accept(id);
        sink.created(id, now);
        if (next <= told) fallBehind(watcher, Bookmark.after(next - 1));
    }

    void refuse(WatchStream stream, WatchRefusal why) {
        if (streams.contains(stream)) stream.sink.refused(why, visible.getAsLong());
    }

    void cancel(WatchStream stream, long id) {
        Watcher watcher = stream.watchers.get(id);
        if (watcher == null && !stream.ended.remove(id)) return;
        if (watcher != null) remove(watcher);
        else watchersBytes -= ENDED_BYTES;
        stream.sink.canceled(id, visible.getAsLong());
    }

    void close(WatchStream stream) {
        for (Watcher watcher : List.copyOf(stream.watchers.values())) remove(watcher);
        watchersBytes -= ENDED_BYTES * stream.ended.size();
        stream.ended.clear();
        streams.remove(stream);
        asking.remove(stream);
    }

    void requestProgress(WatchStream stream) {
        if (!streams.contains(stream)) return;
        stream.progressWanted = visible.getAsLong();
        asking.add(stream);
    }

    private void remove(Watcher watcher) {
        watcher.stream.watchers.remove(watcher.id);
        watcher.stream.parked.remove(watcher);
        behind.remove(watcher);
        interests.remove(watcher.request.keys(), watcher);
        watcherCount--;
        watchersBytes -= sizeOf(watcher.request);
    }

    private void fallBehind(Watcher watcher, Bookmark at) {
        WatcherState.Behind state = new WatcherState.Behind(at);
        watcher.state = state;
        watcher.heard.clear();
        behind.add(watcher);
        queue(watcher, state);
    }

    /// Has it told of the past, or of nothing until its sink takes more.
    private void queue(Watcher watcher, WatcherState.Behind state) {
        if (!watcher.stream.sink.ready()) {
            watcher.stream.parked.add(watcher);
            return;
        }
        Want want = Want.of(watcher.request, state.next());
        waiting.computeIfAbsent(want, _ -> Waiting.of(want, state.at()))
                .watchers()
                .add(watcher);
    }

    void ready(WatchStream stream) {
        if (stream.parked.isEmpty() || !stream.sink.ready()) return;
        List<Watcher> parked = List.copyOf(stream.parked);
        stream.parked.clear();
        for (Watcher watcher : parked) {
            if (watcher.state instanceof WatcherState.Behind state) queue(watcher, state);
        }
    }

    private void deliver(Committed commit) {
        List<Committed.Changed> changes = commit.changes();
        if (changes == null) return;
        missedUpTo(commit.first() - 1);
        told = commit.last();
        if (lately.keeps()) lately.add(commit, sizeOf(commit));
        deliver(changes, interests);
    }

    private void deliver(List<Committed.Changed> changes, Interests<Watcher> audience) {
        Set<Watcher> touched = new LinkedHashSet<>();
        for (Committed.Changed changed : changes) {
            Lazy event = new Lazy(changed);
            audience.forEach(changed.event().kv().key(), watcher -> hear(watcher, event, touched));
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
        lately.forget();
        for (WatchStream stream : streams) {
            for (Watcher watcher : stream.watchers.values()) {
                if (watcher.state instanceof WatcherState.Live(long next) && next <= revision) {
                    fallBehind(watcher, Bookmark.after(Math.max(next - 1, told)));
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
            Event first = watcher.heard.isEmpty() ? event : watcher.heard.getFirst();
            fallBehind(watcher, Bookmark.after(first.revision() - 1));
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
                    fallBehind(watcher, Bookmark.after(piece.getFirst().revision() - 1));
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

    /// Hands out slices of the past, as long as there is somebody to read them and somebody who wants one.
    private void catchUp() {
        for (PastReader reader : readers) {
            while (!reader.busy && !waiting.isEmpty()) {
                List<Waiting> together = takeTogether();
                if (!together.isEmpty()) read(reader, together);
            }
            if (!reader.hasThread()) reader.turn();
        }
    }

    /// Who has waited longest, and those who may be served with it.
    private List<Waiting> takeTogether() {
        Waiting first = waiting.firstEntry().getValue();
        long from = first.want().next();
        List<Waiting> together = new ArrayList<>();
        for (Iterator<Waiting> all = waiting.values().iterator(); all.hasNext(); ) {
            Waiting next = all.next();
            long after = next.want().next() - from;
            if (after < 0 || after > TOGETHER_REVISIONS) continue;
            all.remove();
            if (parkTheUnready(next)) together.add(next);
        }
        return together;
    }

    /// @return whether anybody is left
    private boolean parkTheUnready(Waiting some) {
        some.watchers().removeIf(watcher -> {
            if (!behind.contains(watcher)) return true;
            boolean parks = !watcher.stream.sink.ready();
            if (parks) watcher.stream.parked.add(watcher);
            return parks;
        });
        return !some.watchers().isEmpty();
    }

    private void read(PastReader reader, List<Waiting> together) {
        long to = told;
        reader.busy = true;
        lately.keep();
        reader.give(() -> {
            Map<Want, Told> slice = slice(together, to);
            tell(() -> {
                reader.busy = false;
                tellPast(together, slice);
            });
        });
    }

    private Map<Want, Told> slice(List<Waiting> together, long to) {
        try {
            return past.slice(together, to);
        } catch (RuntimeException | Error e) {
            // Whoever reads the past goes on: others wait for it.
            notices.warn("the past could not be read", e);
            Map<Want, Told> failed = new HashMap<>();
            for (Waiting some : together) failed.put(some.want(), new Told.Unreadable(String.valueOf(e)));
            return failed;
        }
    }

    private void tellPast(List<Waiting> together, Map<Want, Told> slice) {
        List<Watcher> caughtUp = new ArrayList<>();
        for (Waiting some : together) {
            Told what = slice.get(some.want());
            if (what == null) continue;
            for (Watcher watcher : some.watchers()) {
                if (behind.contains(watcher) && tellPast(watcher, what)) caughtUp.add(watcher);
            }
        }
        // Who was not served has waited longer than all others.
        for (Waiting some : together.reversed()) {
            if (slice.containsKey(some.want())) continue;
            Waiting others = waiting.remove(some.want());
            if (others != null) some.watchers().addAll(others.watchers());
            waiting.putFirst(some.want(), some);
        }
        tellLately(caughtUp);
        if (readers.stream().noneMatch(reader -> reader.busy)) lately.end();
    }

    /// @return whether it has heard all but what was told lately
    private boolean tellPast(Watcher watcher, Told what) {
        WatchSink sink = watcher.stream.sink;
        switch (what) {
            case Told.Compacted() -> {
                remove(watcher);
                watcher.stream.ended.add(watcher.id);
                watchersBytes += ENDED_BYTES;
                sink.compacted(watcher.id, compacted.getAsLong(), visible.getAsLong());
            }
            case Told.Unreadable(String why) -> {
                remove(watcher);
                sink.failed(watcher.id, visible.getAsLong(), "etcdserver: " + why);
            }
            case Told.Piece(List<Event> events, Bookmark end) -> {
                // Others of its stream may have been told so much that it is full.
                if (!sink.ready()) {
                    watcher.stream.parked.add(watcher);
                    return false;
                }
                if (!events.isEmpty()) {
                    watcher.quiet = false;
                    sink.events(watcher.id, visible.getAsLong(), events);
                }
                if (end.revision() >= told || lately.covers(end.revision() + 1)) {
                    watcher.state = new WatcherState.Live(end.revision() + 1);
                    behind.remove(watcher);
                    return end.revision() < told;
                }
                fallBehind(watcher, end);
            }
        }
        return false;
    }

    /// They hear what others were told meanwhile, and from now on what comes.
    private void tellLately(List<Watcher> caughtUp) {
        if (caughtUp.isEmpty()) return;
        Interests<Watcher> audience = new Interests<>();
        for (Watcher watcher : caughtUp) audience.add(watcher.request.keys(), watcher);
        for (Committed commit : lately.commits()) {
            if (commit.changes() != null) deliver(commit.changes(), audience);
        }
    }

    private void answerProgress() {
        asking.removeIf(stream -> {
            // As in etcd: of no watch there is nothing to say, least of all of one that failed.
            if (stream.watchers.isEmpty()) return true;
            if (stream.progressWanted > told || !stream.sink.ready()) return false;
            if (!stream.watchers.values().stream().allMatch(watcher -> watcher.hasHeardUpTo(told))) return false;
            stream.sink.progress(WatchSink.ALL, told);
            return true;
        });
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
