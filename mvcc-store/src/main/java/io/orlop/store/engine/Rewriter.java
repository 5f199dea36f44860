package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.Log;
import io.orlop.store.log.Rewritten;
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
    /// Segments are rewritten by themselves when at most this share of their records is alive.
    private static final double WORTHWHILE = 0.5;

    /// So many take the writer about a millisecond.
    private static final int MOVES_AT_A_TIME = 1_000;

    /// Who waits for a change does not wait for the whole of it.
    private static final long PAUSE_NANOS_MAX = 20_000_000;

    /// @param aliveMax the largest share of living records that makes a segment worth rewriting
    /// @param all whether the segment that grows is to be closed first, if it holds anything dead
    /// @param hurried whether changes wait for the room, rather than it for them
    private record Order(double aliveMax, boolean all, boolean hurried, CompletableFuture<Void> done) {}

    private final KeyIndex index;
    private final Log log;
    private final Writer writer;
    private final WatchHub hub;
    private final Ambient ambient;
    private final Signal ordered;
    private final Queue<Order> orders = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean closed;

    /// There may be closed segments without a footer, and no file for the next one; so it is at first.
    private volatile boolean rolled = true;

    private final Deque<Integer> todo = new ArrayDeque<>();
    private @Nullable Order order;
    private @Nullable CompletableFuture<?> waitingFor;

    /// When the step under way began, and how many groups were safe then.
    private long stepNanos;

    private long stepCommits;

    Rewriter(KeyIndex index, Log log, Writer writer, WatchHub hub, Ambient ambient) {
        this.index = index;
        this.log = log;
        this.writer = writer;
        this.hub = hub;
        this.ambient = ambient;
        this.ordered = ambient.signal();
    }

    /// Rewrites what is worth it.
    ///
    /// @param scarce whether there is so little room that everything is worth it
    void tidy(boolean scarce) {
        add(new Order(scarce ? 1 : WORTHWHILE, scarce, scarce, new CompletableFuture<>()));
    }

    /// Rewrites every segment that holds anything dead.
    CompletableFuture<Void> defragment() {
        Order all = new Order(1, true, false, new CompletableFuture<>());
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
                else if (order == null && orders.isEmpty() && !rolled) ordered.await();
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        refuse();
        ended.complete(null);
    }

    /// One step: begin an order, or copy one segment and tell the writer, or let go of the one it replaced.
    void turn() {
        CompletableFuture<?> waiting = waitingFor;
        if (waiting != null && !waiting.isDone()) return;
        waitingFor = null;
        stepNanos = ambient.nanos();
        stepCommits = log.commits();
        try {
            if (waiting != null) MvccStore.await(waiting);
            if (order == null && rolled) prepareAndFoot();
            else if (order == null) begin();
            else if (!todo.isEmpty()) rewrite(todo.removeFirst());
            else finish(order);
        } catch (IOException | RuntimeException e) {
            // The old segment is still there and still right.
            Order failed = order;
            order = null;
            todo.clear();
            if (failed != null) failed.done.completeExceptionally(e);
        }
    }

    /// The next segment's file first: the writer may need it soon. A segment whose footer cannot be written is as good
    /// without.
    private void prepareAndFoot() throws IOException {
        rolled = false;
        log.prepareNext();
        if (log.segments().writeFooter(this::giveWay)) rolled = true;
    }

    private void begin() {
        Order next = orders.poll();
        if (next == null) return;
        order = next;
        // The writer closes its segment at the end of the group that asks for it.
        CompletableFuture<Boolean> asked = writer.submit(_ -> next.all && log.closeIfWorthwhile());
        waitingFor = asked.thenCompose(
                _ -> writer.submit(_ -> todo.addAll(log.segments().rewritable(next.aliveMax))));
    }

    private void rewrite(int segment) throws IOException {
        Rewritten rewritten = log.segments()
                .rewrite(
                        segment,
                        (key, location) -> {
                            var history = index.history(key);
                            return history != null && history.isAt(location);
                        },
                        this::giveWay);
        // One after the other: those who wait in the writer's queue come between them.
        CompletableFuture<?> moved = CompletableFuture.completedFuture(null);
        for (int from = 0; from < rewritten.moves().size(); from += MOVES_AT_A_TIME) {
            int to = Math.min(from + MOVES_AT_A_TIME, rewritten.moves().size());
            List<Rewritten.Move> some = rewritten.moves().subList(from, to);
            moved = moved.thenCompose(_ -> writer.submit(head -> head.move(some)));
        }
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
        Order current = order;
        boolean hurried = closed || current != null && current.hurried;
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

    private void finish(Order finished) {
        order = null;
        finished.done.complete(null);
    }

    private void refuse() {
        Order refused;
        while ((refused = orders.poll()) != null) {
            refused.done.completeExceptionally(new DeniedException(Denial.STOPPED));
        }
        Order current = order;
        if (current != null) {
            current.done.completeExceptionally(new DeniedException(Denial.STOPPED));
        }
    }
}
