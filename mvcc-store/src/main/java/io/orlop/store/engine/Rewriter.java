package io.orlop.store.engine;

import io.orlop.disk.DiskFullException;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.Census;
import io.orlop.store.log.Log;
import io.orlop.store.log.Rewritten;
import io.orlop.store.measure.Tally;
import io.orlop.store.notice.Notices;
import io.orlop.store.watch.WatchHub;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Gives back the room of records that nobody needs any more: closed segments are copied without them, beside the
/// writer, who only has to learn where records went. Readers and writers go on meanwhile. Also gives segments that were
/// closed their footers, and makes the next one's file ahead.
final class Rewriter {
    /// Segments are rewritten by themselves when at most this share of their bytes is alive.
    private static final double WORTHWHILE = 0.5;

    /// So many take the writer about a millisecond.
    private static final int MOVES_AT_A_TIME = 1_000;

    /// Who waits for a change does not wait for the whole of it.
    private static final long PAUSE_NANOS_MAX = 20_000_000;

    /// @param aliveMax the largest share of living bytes that makes a segment worth rewriting
    /// @param all whether the segment that grows is to be closed first, if it holds anything dead
    /// @param hurried whether changes wait for the room, rather than it for them
    /// @param counted when it is known how much is dead
    private record Order(
            double aliveMax,
            boolean all,
            boolean hurried,
            CompletableFuture<Void> counted,
            CompletableFuture<Void> done) {
        Order(double aliveMax, boolean all, boolean hurried) {
            this(aliveMax, all, hurried, new CompletableFuture<>(), new CompletableFuture<>());
        }

        /// Both at once.
        Order with(Order other) {
            Order both = new Order(Math.max(aliveMax, other.aliveMax), all || other.all, hurried || other.hurried);
            for (Order each : List.of(this, other)) {
                follow(both.counted, each.counted);
                follow(both.done, each.done);
            }
            return both;
        }

        private static void follow(CompletableFuture<Void> first, CompletableFuture<Void> then) {
            first.whenComplete((_, failure) -> {
                if (failure == null) then.complete(null);
                else then.completeExceptionally(failure);
            });
        }

        void refuse(Throwable why) {
            counted.completeExceptionally(why);
            done.completeExceptionally(why);
        }
    }

    /// An order that is carried out, as of one compaction: first a look at what there is, then segment by segment.
    private static final class Pass {
        final Order order;
        final AsOf needed;
        final Census census = new Census();
        final Deque<Integer> unseen = new ArrayDeque<>();
        final Deque<Integer> todo = new ArrayDeque<>();
        boolean begun;
        boolean rewrote;

        /// There was no room to rewrite a segment.
        @Nullable
        DiskFullException full;

        Pass(Order order, AsOf needed) {
            this.order = order;
            this.needed = needed;
        }
    }

    private final KeyIndex index;
    private final Visible visible;
    private final Log log;
    private final Writer writer;
    private final WatchHub hub;
    private final Ambient ambient;
    private final Tally tally;
    private final Notices notices;
    private final Signal ordered;
    private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closed;

    /// There may be closed segments without a footer, and no file for the next one; so it is at first.
    private volatile boolean rolled = true;

    /// Whether segments of which nothing is left can be joined, as far as is known.
    private boolean joins = true;

    private @Nullable Pass pass;
    private @Nullable CompletableFuture<?> waitingFor;

    /// When the step under way began, and how many groups were safe then.
    private long stepNanos;

    private long stepCommits;

    Rewriter(
            KeyIndex index,
            Visible visible,
            Log log,
            Writer writer,
            WatchHub hub,
            Ambient ambient,
            Tally tally,
            Notices notices) {
        this.tally = tally;
        this.notices = notices;
        this.index = index;
        this.visible = visible;
        this.log = log;
        this.writer = writer;
        this.hub = hub;
        this.ambient = ambient;
        this.ordered = ambient.signal();
    }

    /// Rewrites what is worth it.
    ///
    /// @param scarce whether there is so little room that everything is worth it
    /// @return when it is known how much is dead
    CompletableFuture<Void> tidy(boolean scarce) {
        Order some = new Order(scarce ? 1 : WORTHWHILE, scarce, scarce);
        add(some);
        return some.counted;
    }

    /// Rewrites every segment that holds anything dead.
    CompletableFuture<Void> defragment() {
        Order all = new Order(1, true, false);
        add(all);
        return all.done;
    }

    /// A segment was closed.
    void afterRoll() {
        rolled = true;
        ordered.raise();
    }

    private void add(Order another) {
        orders.add(another);
        ordered.raise();
        if (closed) refuse();
    }

    /// @return when nothing is rewritten any more; the hub must live until then
    CompletableFuture<Void> close() {
        closed = true;
        ordered.raise();
        return ended;
    }

    void run() {
        try {
            while (!closed) {
                if (waitingFor != null) waitingFor.exceptionally(_ -> null).join();
                else if (pass == null && orders.isEmpty() && !rolled) ordered.await();
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuse();
        ended.complete(null);
    }

    /// One step: begin an order, look through one segment or copy it and tell the writer, or let go of the one it
    /// replaced.
    void turn() {
        CompletableFuture<?> waiting = waitingFor;
        if (waiting != null && !waiting.isDone()) return;
        waitingFor = null;
        stepNanos = ambient.nanos();
        stepCommits = log.commits();
        Pass current = pass;
        try {
            if (waiting != null) MvccStore.await(waiting);
            // Footers first: until a segment has one, the index holds its history.
            if (rolled) prepareAndFoot();
            else if (current != null) step(current);
            else begin();
        } catch (IOException | RuntimeException | Error e) {
            // The old segment is still there and still right.
            pass = null;
            if (current != null) current.order.refuse(e);
        }
    }

    private void step(Pass current) throws IOException {
        Integer unseen = current.unseen.poll();
        if (unseen != null) {
            log.count(unseen, current.needed, current.census, this::giveWay);
            return;
        }
        if (!current.begun) {
            current.begun = true;
            current.todo.addAll(current.census.worthwhile(current.order.aliveMax));
            tally.add(Tally.Count.CHANGES_FORGOTTEN, current.census.newlyDead());
            current.order.counted.complete(null);
        }
        Integer next = current.todo.poll();
        if (next == null) {
            joinEmpty();
            finish(current);
        } else if (current.rewrote && !orders.isEmpty()) {
            // Who waits to hear how much is dead does not wait for all of it to go.
            orders.add(current.order);
            begin();
        } else {
            try {
                rewrite(next, current);
                current.rewrote = true;
            } catch (DiskFullException full) {
                // Of the others less may be left, and they give room back.
                current.full = full;
            }
        }
    }

    /// The next segment's file first: the writer may need it soon. A footer that cannot be written now is written
    /// later, or comes with the segment's next generation.
    private void prepareAndFoot() {
        rolled = false;
        log.prepareNext();
        try {
            if (!log.segments().writeFooter(this::giveWay)) return;
            rolled = true;
            waitingFor = writer.settled();
        } catch (IOException | RuntimeException e) {
            // The frames say the same, and the index what they say.
        }
    }

    private void begin() {
        Order next = takeOrders();
        if (next == null) return;
        rolled = true;
        Pass begun = new Pass(next, new AsOf(index, visible.compacted()));
        pass = begun;
        // The writer closes its segment at the end of the group that asks for it.
        CompletableFuture<Boolean> asked = writer.submit(_ -> next.all && log.closeIfWorthwhile());
        waitingFor = asked.thenCompose(
                _ -> writer.submit(_ -> begun.unseen.addAll(log.segments().withPast())));
    }

    /// All that wait, as one; null if none does.
    private @Nullable Order takeOrders() {
        Order together = null;
        Order next;
        while ((next = orders.poll()) != null) together = together == null ? next : together.with(next);
        return together;
    }

    private void rewrite(int segment, Pass current) throws IOException {
        Rewritten rewritten = log.segments().rewrite(segment, current.needed, current.census, this::giveWay);
        // One after the other: those who wait in the writer's queue come between them.
        // What was applied before may name the old place, too, and is handed to the hub before this is answered.
        CompletableFuture<?> moved = writer.submit(_ -> true);
        for (int from = 0; from < rewritten.moves().size(); from += MOVES_AT_A_TIME) {
            int to = Math.min(from + MOVES_AT_A_TIME, rewritten.moves().size());
            List<Rewritten.Move> some = rewritten.moves().subList(from, to);
            moved = moved.thenCompose(_ -> writer.submit(head -> head.move(some)));
        }
        if (rewritten.settles()) moved = moved.thenCompose(_ -> writer.settled());
        CompletableFuture<Void> retired = new CompletableFuture<>();
        // What was committed before the move may name the old place until every watcher was told of it.
        waitingFor = moved.thenCompose(_ -> {
            hub.afterAllTold(() -> {
                log.segments().retire(rewritten.replaced());
                retired.complete(null);
            });
            return retired;
        });
    }

    /// Changes come first: where there are any, a step of ours is followed by a pause as long as itself.
    private void giveWay() {
        long took = ambient.nanos() - stepNanos;
        Pass current = pass;
        boolean hurried = closed || current != null && current.order.hurried;
        if (took > 0 && !hurried && log.commits() != stepCommits) pause(Math.min(took, PAUSE_NANOS_MAX));
        stepNanos = ambient.nanos();
        stepCommits = log.commits();
    }

    private void pause(long nanos) {
        try {
            // An order, or the end, cuts it short.
            var _ = ordered.await(Duration.ofNanos(nanos));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void joinEmpty() {
        if (!joins) return;
        try {
            log.segments().joinEmpty();
        } catch (DiskFullException full) {
            // They are in nobody's way, and there may be room the next time.
        } catch (IOException e) {
            // Names that a disk failed to keep once, it cannot be trusted with again: each time would be in vain.
            joins = false;
            notices.warn("segments of which nothing is left could not be joined; they wait for the next start", e);
        }
    }

    private void finish(Pass finished) {
        pass = null;
        // Tombstones stay until nothing dead is left before them: where room is short, they go at once, too.
        if (finished.rewrote && finished.order.hurried && !closed) tidy(true);
        if (finished.full == null) finished.order.done.complete(null);
        else finished.order.refuse(finished.full);
    }

    private void refuse() {
        Order refused;
        while ((refused = orders.poll()) != null) {
            refused.refuse(new DeniedException(Denial.STOPPED));
        }
        Pass current = pass;
        if (current != null) current.order.refuse(new DeniedException(Denial.STOPPED));
    }
}
