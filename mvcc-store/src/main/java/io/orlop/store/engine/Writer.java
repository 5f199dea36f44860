package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.engine.Group.Answer;
import io.orlop.store.lease.LeaseClock;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The one thread that changes the store.
///
/// ```
///   callers ──► queue ──► [ check, apply to the head, encode ] × all that waits
///                                        │ a group
///                              write, fdatasync          meanwhile the next group is applied
///                                        │
///                     publish the revision ──► readers see it
///                     hand the changes over ──► watchers hear of them
///                                        │
///                              answer the callers        meanwhile the next group is synced
/// ```
/// A caller who may wait does all of it by itself while nothing else is under way: see
/// [#submit(Function, Claim, Patience)].
///
/// When the disk fails to make a group safe, nobody can say what it holds. The store then answers no writer any more
/// and publishes nothing; readers go on with what was published.
final class Writer {
    private static final long GROUP_BYTES_MAX = 4 << 20;

    /// One is made while another goes to the disk, and what is made grows by halves.
    private static final int GROUP_PARTS = 8;

    /// Also of those that change nothing, and so wait for no disk.
    private static final int GROUP_ANSWERS_MAX = 10_000;

    private static final int LEASES_AT_A_TIME = 500;

    /// After a caller with patience met another, so many leave it to the writer's thread: that makes one group of what
    /// several bring.
    private static final int SHY = 32;

    /// @param answer gets what the work returned, when the disk has what it changed
    private record Request<T>(Function<Head, T> work, CompletableFuture<T> answer, Claim claim) {}

    private final Head head;
    private final Log log;
    private final Visible visible;
    private final WatchHub hub;
    private final Sweep sweep;
    private final Ambient ambient;
    private final Signal arrived;
    private final Queue<Request<?>> queue = new ConcurrentLinkedQueue<>();
    private final WaitingRoom room;
    private final long groupBytesMax;
    private final Committing committing;
    private final Answering answering;

    /// Whoever holds it is the writer: the thread of that name, or a caller who does its work.
    private final ReentrantLock writing = new ReentrantLock();

    private List<Answer> answers = new ArrayList<>();

    /// The revision up to which groups were handed over, and the compaction that the sweep knows of.
    private long grouped;
    private long sweeping;

    /// What came before this moment was applied, and is answered when the group that was handed over is safe.
    private long listened;

    private long answered;

    /// When something was put in the queue last that says when that was.
    private long marked;

    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private Supplier<CompletableFuture<Void>> swept = () -> CompletableFuture.completedFuture(null);
    private Runnable rolled = () -> {};
    private boolean begun;

    /// How many callers with patience will still leave the work to the writer's thread.
    private final AtomicInteger shy = new AtomicInteger();

    /// The writer's thread waits, and not only for requests.
    private volatile boolean awaitsCommit;
    private volatile @Nullable Denial refusing;
    private volatile @Nullable Throwable failure;

    /// How many answers the group has that is being made, and the one that is on its way to the disk.
    private volatile int applied;

    private volatile int handedOver;

    /// @param underWayBytes what groups may take in memory, with others
    Writer(
            Head head,
            Log log,
            Visible visible,
            WatchHub hub,
            Sweep sweep,
            Ambient ambient,
            WaitingRoom room,
            long underWayBytes) {
        this.room = room;
        this.groupBytesMax = Math.min(GROUP_BYTES_MAX, underWayBytes / GROUP_PARTS);
        this.head = head;
        this.log = log;
        this.visible = visible;
        this.hub = hub;
        this.sweep = sweep;
        this.ambient = ambient;
        this.arrived = ambient.signal();
        this.committing = new Committing(this::commit, this::committed, ambient);
        this.answering = new Answering(ambient);
        this.grouped = head.revision();
        this.sweeping = head.compacted();
        this.listened = ambient.nanos();
        this.answered = listened;
        this.marked = listened;
    }

    /// What makes groups safe; somebody must turn it.
    Committing committing() {
        return committing;
    }

    /// What tells callers that their changes are safe, on a thread of its own if it has one.
    Answering answering() {
        return answering;
    }

    /// @param action is done when a compaction is through with the index; who waits for a compaction waits for this,
    /// too
    void whenSwept(Supplier<CompletableFuture<Void>> action) {
        swept = action;
    }

    /// @param action is done when a segment was closed
    void whenRolled(Runnable action) {
        rolled = action;
    }

    /// Has the writer do this for the store itself. The answer comes when the disk has what it changed.
    <T> CompletableFuture<T> submit(Function<Head, T> work) {
        return submit(work, Claim.OWN);
    }

    /// Like [#submit(Function)], for somebody else.
    <T> CompletableFuture<T> submit(Function<Head, T> work, Claim claim) {
        return submit(work, claim, Patience.NONE);
    }

    /// Like [#submit(Function, Claim)]. A caller with patience does it at once if nothing else is under way, and has
    /// the answer when this returns. What comes meanwhile waits for the writer's thread, as ever.
    <T> CompletableFuture<T> submit(Function<Head, T> work, Claim claim, Patience patience) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Request<T> request = new Request<>(work, answer, claim);
        if (patience != Patience.NONE && done(request, patience)) return answer;
        try {
            room.enter(claim);
        } catch (DeniedException full) {
            answer.completeExceptionally(full);
            return answer;
        }
        queue.add(request);
        arrived.raise();
        // The writer may have ended between our look at it and the queue.
        if (refusing != null && ended.isDone()) refuseQueue();
        return answer;
    }

    private boolean done(Request<?> request, Patience patience) {
        if (shy.get() > 0) {
            shy.decrementAndGet();
            return false;
        }
        if (!isOnItsWay(request, patience)) return false;
        try {
            // The writer's thread may apply the next group by now.
            committing.turn();
        } finally {
            patience.end();
        }
        return true;
    }

    private boolean isOnItsWay(Request<?> request, Patience patience) {
        if (!writing.tryLock()) return metCompany();
        try {
            if (!isAtRest()) return metCompany();
            if (!patience.begin()) return false;
            apply(request);
            committing.keep(takeGroup());
            return true;
        } catch (RuntimeException | Error e) {
            patience.end();
            fail(e);
            // Its thread gives up what waits.
            arrived.raise();
            return true;
        } finally {
            writing.unlock();
        }
    }

    private boolean metCompany() {
        shy.set(SHY);
        return false;
    }

    private boolean isAtRest() {
        return begun
                && refusing == null
                && queue.isEmpty()
                && !hasGroup()
                && committing.isIdle()
                && !sweep.isRunning()
                && visible.compacted() <= sweeping
                && !log.segmentIsFull()
                && !log.diskHesitates();
    }

    /// The log lets go of the room that large groups took, unless one is on its way to the disk.
    CompletableFuture<Boolean> rest() {
        return submit(_ -> {
            boolean idle = committing.isIdle();
            if (idle) log.rest();
            return idle;
        });
    }

    /// There is a segment more that tells what happened in it; the index need not know that any longer.
    CompletableFuture<Boolean> settled() {
        return submit(_ -> {
            sweep.settled();
            return true;
        });
    }

    CompletableFuture<Long> compact(long revision, boolean physical) {
        CompletableFuture<Long> swept = new CompletableFuture<>();
        CompletableFuture<Long> scheduled = submit(
                current -> {
                    current.compact(revision);
                    if (physical) sweep.answerWhenDone(swept);
                    return visible.revision();
                },
                Claim.SMALL);
        return physical ? scheduled.thenCompose(_ -> swept) : scheduled;
    }

    /// Why there are no more writes, if the disk failed.
    @Nullable
    Throwable failure() {
        return failure;
    }

    /// How many changes and questions have no answer yet, whether they are in the queue or wait for the disk.
    int pending() {
        return room.waiting() + applied + handedOver;
    }

    /// Finishes what is queued and ends.
    CompletableFuture<Void> close() {
        submit(current -> {
            refusing = Denial.STOPPED;
            current.note(current.leases().notes(current.leaseClock().nanos()));
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
            settle();
            if (failure == null) log.mark(head.revision());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail(e);
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        }
        if (failure != null) giveUp();
        committing.close();
        answering.close();
        ended.complete(null);
        refuseQueue();
    }

    /// A segment begins with a checkpoint, also if a crash came before it.
    void begin() {
        writing.lock();
        try {
            begun = true;
            if (!log.segmentIsNew() || log.sequence() == 0) return;
            head.note(head.checkpoint());
            log.commit();
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        } finally {
            writing.unlock();
        }
    }

    /// One group commit.
    void turn() {
        writing.lock();
        try {
            if (failure != null) giveUp();
            if (refusing != null) return;
            group();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failApplied(e);
        } catch (IOException | RuntimeException | Error e) {
            failApplied(e);
        } finally {
            writing.unlock();
        }
    }

    private void failApplied(Throwable why) {
        fail(why);
        giveUp();
    }

    /// What was applied will never be safe, and nothing more will be applied.
    private void giveUp() {
        refuse(answers);
        answers = new ArrayList<>();
        applied = 0;
        refuseQueue();
    }

    private void pause() throws InterruptedException {
        long rest = restNanos();
        if (rest == Long.MAX_VALUE) arrived.await();
        else if (rest > 0) arrived.await(Duration.ofNanos(rest));
    }

    /// How long there will be nothing to do, if nobody raises the signal.
    private long restNanos() {
        writing.lock();
        try {
            // Said before the look at it: who commits is done first, and looks then whether somebody waits for that.
            awaitsCommit = true;
            boolean idle = committing.isIdle();
            if (isFull()) return idle ? 0 : Long.MAX_VALUE;
            if (!queue.isEmpty() || sweep.isRunning() || visible.compacted() > sweeping) return 0;
            if (hasGroup() && idle) return 0;
            awaitsCommit = !idle;
            long attention = head.attentionInNanos();
            return head.leases().size() == 0 ? attention : Math.min(attention, LeaseClock.TICK_NANOS);
        } finally {
            writing.unlock();
        }
    }

    /// A group is safe and answered, or refused.
    private void committed() {
        if (awaitsCommit || failure != null) arrived.raise();
    }

    private boolean isFull() {
        return log.pendingBytes() + head.answerBytes() >= groupBytesMax || answers.size() >= GROUP_ANSWERS_MAX;
    }

    private boolean hasGroup() {
        return log.pendingBytes() > 0 || !answers.isEmpty();
    }

    private void group() throws IOException, InterruptedException {
        Request<?> request;
        while (!isFull() && (request = queue.poll()) != null) {
            room.leave(request.claim);
            apply(request);
        }
        applied = answers.size();
        listen();
        // However many leases end at once: those who wait in the queue come between them. However much waits
        // there, one lease ends.
        for (int i = 0; i < LEASES_AT_A_TIME && (i == 0 || !isFull()) && head.attendLease(); i++) {}
        sweep();
        if (!hasGroup() || !committing.isIdle()) return;
        handOver();
        if (!log.segmentIsFull()) return;
        awaitCommit();
        if (refusing == Denial.READ_ONLY) return;
        log.roll(head.checkpoint(), head.revision());
        rolled.run();
    }

    /// Tells the leases' clock up to when everybody was heard, which only answers prove: a client may not say the next
    /// thing before it has one.
    private void listen() {
        long moment = ambient.nanos();
        if (queue.isEmpty()) listened = moment;
        else markQueue(moment);
        if (!committing.isIdle()) return;
        head.leaseClock().heardUpTo(answered);
        if (!hasGroup()) head.leaseClock().heardUpTo(listened);
    }

    /// Where so much waits that the queue is never empty, it is enough to get to where it ended.
    private void markQueue(long moment) {
        if (moment - marked < LeaseClock.TICK_NANOS) return;
        marked = moment;
        queue.add(new Request<>(
                _ -> {
                    listened = moment;
                    return true;
                },
                new CompletableFuture<>(),
                Claim.OWN));
    }

    private void sweep() {
        long compacted = visible.compacted();
        if (compacted > sweeping) {
            sweep.begin(compacted);
            sweeping = compacted;
        }
        // A compaction that is not published yet begins the sweep anew, when readers know of it.
        if (sweep.isRunning() && head.compacted() == compacted && sweep.slice()) finishSweep();
    }

    private Group takeGroup() {
        Group group = new Group(log.cut(), grouped, head.revision(), head.compacted(), head.takeChanges(), answers);
        grouped = head.revision();
        handedOver = answers.size();
        answers = new ArrayList<>();
        applied = 0;
        answered = listened;
        return group;
    }

    private void handOver() {
        Group group = takeGroup();
        if (committing.hasThread() && Answering.areFew(group.answers())) {
            committing.keep(group);
            committing.turn();
        } else {
            committing.handOver(group);
        }
    }

    private void awaitCommit() throws InterruptedException {
        committing.turn();
        awaitsCommit = true;
        while (!committing.isIdle()) arrived.await();
    }

    /// Sees to it that all that was applied is safe and answered.
    private void settle() throws InterruptedException {
        awaitCommit();
        if (!hasGroup() || failure != null) return;
        handOver();
        awaitCommit();
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

    /// Makes a group safe and says so. One at a time, in order.
    private void commit(Group group) {
        try {
            if (failure != null) throw new IOException("the disk failed before", failure);
            if (group.batch() != null) log.sync(group.batch());
            publish(group);
        } catch (IOException | RuntimeException | Error e) {
            if (failure == null) fail(e);
            refuse(group.answers());
        }
        handedOver = 0;
    }

    private void publish(Group group) {
        visible.publish(group.revision(), group.compacted());
        if (group.revision() > group.before()) {
            List<Changed> changes = hub.listens() ? group.changes() : null;
            hub.committed(new Committed(group.before() + 1, group.revision(), changes));
        }
        answering.give(group.answers());
    }

    private void finishSweep() {
        head.note(List.of(new LogRecord.CompactionFinished(sweep.revision())));
        CompletableFuture<Void> counted = swept.get();
        for (CompletableFuture<Long> answer : sweep.takeWaiting()) {
            answers.add(new Answer(answer, () -> counted.whenComplete((_, _) -> answer.complete(visible.revision()))));
        }
    }

    private void fail(Throwable why) {
        failure = why;
        refusing = Denial.READ_ONLY;
    }

    private static void refuse(List<Answer> unsafe) {
        for (Answer answer : unsafe) answer.future().completeExceptionally(new DeniedException(Denial.READ_ONLY));
    }

    private void refuseQueue() {
        Denial denial = refusing == null ? Denial.STOPPED : refusing;
        Request<?> request;
        while ((request = queue.poll()) != null) {
            room.leave(request.claim);
            request.answer.completeExceptionally(new DeniedException(denial));
        }
        for (CompletableFuture<Long> answer : sweep.takeWaiting()) {
            answer.completeExceptionally(new DeniedException(denial));
        }
    }
}
