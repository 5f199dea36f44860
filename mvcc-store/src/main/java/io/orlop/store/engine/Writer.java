package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.watch.Committed;
import io.orlop.store.watch.Committed.Changed;
import io.orlop.store.watch.WatchHub;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one thread that changes the store.
///
/// ```
///   callers ──► queue ──► [ check, apply to the head, encode ] × all that waits
///                                        │
///                              write, fdatasync          what arrives meanwhile waits, and is the next group
///                                        │
///                     publish the revision ──► readers see it
///                     hand the changes over ──► watchers hear of them
///                     answer the callers
/// ```
/// When the disk fails to make a group safe, nobody can say what it holds. The store then answers no writer any more
/// and publishes nothing; readers go on with what was published.
final class Writer {
    private static final int GROUP_BYTES_MAX = 4 << 20;
    private static final int LEASES_PER_GROUP = 500;

    /// @param answer gets what the work returned, when the disk has what it changed
    private record Request<T>(Function<Head, T> work, CompletableFuture<T> answer) {}

    /// What a caller will hear once the group is safe, or if it never is.
    private record Answer(CompletableFuture<?> future, Runnable give) {}

    private final Head head;
    private final Log log;
    private final Visible visible;
    private final WatchHub hub;
    private final Sweep sweep;
    private final Ambient ambient;
    private final Signal arrived;
    private final Queue<Request<?>> queue = new ConcurrentLinkedQueue<>();
    private final List<Answer> answers = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Runnable swept = () -> {};
    private Runnable rolled = () -> {};
    private volatile @Nullable Denial refusing;
    private volatile @Nullable Throwable failure;

    Writer(Head head, Log log, Visible visible, WatchHub hub, Sweep sweep, Ambient ambient) {
        this.head = head;
        this.log = log;
        this.visible = visible;
        this.hub = hub;
        this.sweep = sweep;
        this.ambient = ambient;
        this.arrived = ambient.signal();
    }

    /// @param action is done when a compaction is through with the index
    void whenSwept(Runnable action) {
        swept = action;
    }

    /// @param action is done when a segment was closed
    void whenRolled(Runnable action) {
        rolled = action;
    }

    /// Has the writer do this. The answer comes when the disk has what it changed.
    <T> CompletableFuture<T> submit(Function<Head, T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        queue.add(new Request<>(work, answer));
        arrived.raise();
        // The writer may have ended between our look at it and the queue.
        if (refusing != null && ended.isDone()) refuseQueue();
        return answer;
    }

    CompletableFuture<Long> compact(long revision, boolean physical) {
        CompletableFuture<Long> swept = new CompletableFuture<>();
        CompletableFuture<Long> scheduled = submit(current -> {
            current.compact(revision);
            if (physical) sweep.answerWhenDone(swept);
            return visible.revision();
        });
        return physical ? scheduled.thenCompose(_ -> swept) : scheduled;
    }

    /// Why there are no more writes, if the disk failed.
    @Nullable
    Throwable failure() {
        return failure;
    }

    /// Finishes what is queued and ends.
    CompletableFuture<Void> close() {
        submit(current -> {
            refusing = Denial.STOPPED;
            current.note(current.leases().notes(ambient.nanos()));
            return true;
        });
        return ended;
    }

    /// The writer's life.
    void run() {
        try {
            begin();
            while (refusing == null) {
                pause();
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        }
        ended.complete(null);
        refuseQueue();
    }

    /// A segment begins with a checkpoint, also if a crash came before it.
    void begin() {
        try {
            if (!log.segmentIsNew() || log.sequence() == 0) return;
            head.note(head.checkpoint());
            log.commit();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    /// One group commit.
    void turn() {
        if (refusing != null) return;
        try {
            group();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
    }

    private void pause() throws InterruptedException {
        if (!queue.isEmpty() || sweep.isRunning()) return;
        long attention = head.leases().attentionNanos();
        if (attention == Long.MAX_VALUE) arrived.await();
        else arrived.await(Duration.ofNanos(Math.max(1, attention - ambient.nanos())));
    }

    private void group() throws IOException {
        long before = head.revision();
        Request<?> request;
        while (log.pendingBytes() < GROUP_BYTES_MAX && (request = queue.poll()) != null) apply(request);
        head.attendLeases(LEASES_PER_GROUP);
        // A compaction of this very group begins the sweep anew, when readers know of it.
        boolean compacting = head.compacted() > visible.compacted();
        if (sweep.isRunning() && !compacting && sweep.slice()) finishSweep();
        log.commit();
        publish(before);
        if (log.segmentIsFull()) {
            log.roll(head.checkpoint(), head.revision());
            rolled.run();
        }
    }

    private <T> void apply(Request<T> request) {
        try {
            T result = request.work.apply(head);
            answers.add(new Answer(request.answer, () -> request.answer.complete(result)));
        } catch (DeniedException denied) {
            answers.add(new Answer(request.answer, () -> request.answer.completeExceptionally(denied)));
        } catch (RuntimeException | Error e) {
            request.answer.completeExceptionally(new DeniedException(Denial.READ_ONLY));
            throw e;
        }
    }

    private void publish(long before) {
        List<Changed> changes = head.takeChanges();
        boolean compacted = head.compacted() > visible.compacted();
        visible.publish(head.revision(), head.compacted());
        if (head.revision() > before) {
            hub.committed(new Committed(before + 1, head.revision(), hub.listens() ? changes : null));
        }
        if (compacted) sweep.begin(head.compacted());
        for (Answer answer : answers) answer.give.run();
        answers.clear();
    }

    private void finishSweep() {
        head.note(List.of(new LogRecord.CompactionFinished(sweep.revision())));
        for (CompletableFuture<Long> answer : sweep.takeWaiting()) {
            answers.add(new Answer(answer, () -> answer.complete(visible.revision())));
        }
        swept.run();
    }

    private void fail(Throwable why) {
        failure = why;
        refusing = Denial.READ_ONLY;
        for (Answer answer : answers) answer.future.completeExceptionally(new DeniedException(Denial.READ_ONLY));
        answers.clear();
    }

    private void refuseQueue() {
        Denial denial = refusing == null ? Denial.STOPPED : refusing;
        Request<?> request;
        while ((request = queue.poll()) != null) request.answer.completeExceptionally(new DeniedException(denial));
        for (CompletableFuture<Long> answer : sweep.takeWaiting()) {
            answer.completeExceptionally(new DeniedException(denial));
        }
    }
}
