package io.orlop.store.engine;

import io.orlop.disk.Directory;
import io.orlop.disk.SystemDirectory;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.auth.Access;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Rights;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.lease.LeaseView;
import io.orlop.store.log.ForceTimes;
import io.orlop.store.log.Log;
import io.orlop.store.measure.Tally;
import io.orlop.store.notice.Notices;
import io.orlop.store.watch.Crowd;
import io.orlop.store.watch.WatchHub;
import io.orlop.store.watch.WatchSink;
import io.orlop.store.watch.WatchStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A durable store of keys with all their history, in this process.
///
/// What it promises: an answer to a change means that the disk has it; nothing is seen by a reader or a watcher before;
/// revisions never go back; a transaction is done whole or not at all.
public final class MvccStore implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(MvccStore.class.getName());

    /// Instead of a revision: there is more to do.
    private static final long GOES_ON = -1;

    /// 4 MiB of 64: who catches up is told that much of the log at a time.
    private static final int SLICES_OF_SEGMENT = 16;

    private static final int SEGMENTS_OF_DISK = 16;
    private static final long SEGMENT_BYTES_FEW = 4L << 20;

    private final Log log;
    private final KeyIndex index;
    private final Visible visible;
    private final ReadView reads;
    private final Writer writer;
    private final WatchHub hub;
    private final Rewriter rewriter;
    private final StoreOptions options;
    private final Tally tally;
    private final ForceTimes forceTimes;
    private final Maintenance maintenance;
    private final AtomicReference<AuthState> auth;
    private final Alarms alarms;
    private final Space space;
    private final Memory memory;
    private final TooLarge tooLarge;
    private final AutoCompaction compaction;
    private final List<Thread> threads = new ArrayList<>();

    /// A segment gives its room back when it is rewritten as a whole, for which there has to be room first: on a small
    /// disk they are small.
    private static long segmentBytes(Directory disk, StoreOptions options) throws IOException {
        return Math.min(options.segmentBytes(), Math.max(SEGMENT_BYTES_FEW, disk.usableBytes() / SEGMENTS_OF_DISK));
    }

    private MvccStore(Directory disk, Ambient ambient, Executor readers, StoreOptions options) throws IOException {
        Restart restart = new Restart(ambient, disk.place(), options.memoryBytes(), 2 * options.underWayBytes());
        this.options = options;
        Notices notices = new Notices(LOGGER, ambient.threads());
        tooLarge = new TooLarge(notices, ambient);
        forceTimes = new ForceTimes(
                ambient::nanos,
                nanos -> notices.warn("the disk took " + nanos / 1_000_000 + " ms to make changes safe"));
        long segmentBytes = segmentBytes(disk, options);
        log = Log.open(disk, segmentBytes, restart, readers, options.checksFrames(), forceTimes);
        log.whenRenewed(
                failed -> notices.warn("the disk failed; the segment it should have kept was written anew", failed));
        try {
            restart.finish(log);
        } catch (HeapTooSmallException e) {
            log.close();
            throw e;
        }
        auth = new AtomicReference<>(restart.auth.state());
        index = restart.index();
        Values values = new Values(log, options.cacheBytes());
        visible = new Visible(restart.revision, restart.compacted);
        reads = new ReadView(new Reading(index, values), visible, auth::get, options.answerBytesMax());
        hub = new WatchHub(
                index,
                values,
                log,
                visible::revision,
                visible::compacted,
                ambient,
                options.progressInterval(),
                segmentBytes / SLICES_OF_SEGMENT,
                options.underWayBytes());
        alarms = restart.alarms;
        Head head = new Head(
                index,
                values,
                restart.leases,
                auth.get(),
                alarms,
                log,
                options,
                ambient,
                restart.revision,
                restart.compacted);
        tally = head.tally();
        memory = new Memory(
                index, log, restart.leases, hub, head::authBytes, tally, restart.keys(), options.memoryBytes());
        hub.takesUpTo(memory.watchesMax());
        space = new Space(log, disk, alarms, memory, options);
        space.keepReserve();
        head.deletesWithin(space);
        String tooLittle = space.tooLittle();
        if (tooLittle != null) notices.warn(tooLittle);
        if (!memory.hasRoom(false)) {
            alarms.scarce(true);
            notices.warn(memory + ": puts are refused until deletions and compactions made room");
        }
        WaitingRoom room = new WaitingRoom(options.waitingMax(), options.waitingBytes());
        Sweep sweep = new Sweep(index, restart.compacted, ambient, tally);
        writer = new Writer(head, log, visible, hub, sweep, ambient, room, options.underWayBytes());
        rewriter = new Rewriter(index, visible, log, writer, hub, ambient, tally, notices);
        writer.whenSwept(() -> rewriter.tidy(alarms.isScarce()));
        maintenance = new Maintenance(index, log, visible, writer, alarms, space);
        compaction = new AutoCompaction(
                options.retention(), visible::revision, revision -> writer.compact(revision, false), ambient);
        writer.whenRolled(rewriter::afterRoll);
    }

    /// Opens the store in this directory, or starts one there. The writer gets a thread of the operating system: it
    /// spends its life waiting for the disk.
    public static MvccStore open(Path directory, StoreOptions options) throws IOException {
        return open(
                new SystemDirectory(directory),
                Ambient.system(),
                Thread.ofPlatform().daemon().factory(),
                options);
    }

    /// @param threads what the writer and the watches run on
    public static MvccStore open(Directory disk, Ambient ambient, ThreadFactory threads, StoreOptions options)
            throws IOException {
        MvccStore store =
                new MvccStore(disk, ambient, task -> threads.newThread(task).start(), options);
        store.start(threads, "store-writer", store.writer::run);
        store.start(threads, "store-commits", store.writer.committing()::run);
        store.start(threads, "store-answers", store.writer.answering()::run);
        store.start(threads, "store-watches", store.hub::run);
        for (Runnable reader : store.hub.readers()) store.start(threads, "store-past", reader);
        store.start(threads, "store-rewriter", store.rewriter::run);
        if (!(options.retention() instanceof Retention.Everything)) {
            store.start(threads, "store-compaction", store.compaction::run);
        }
        return store;
    }

    private void start(ThreadFactory factory, String name, Runnable life) {
        Thread thread = factory.newThread(life);
        thread.setName(name);
        threads.add(thread);
        thread.start();
    }

    /// Opens the store without threads: somebody turns the crank.
    static MvccStore openStill(Directory disk, Ambient ambient, StoreOptions options) throws IOException {
        MvccStore store = new MvccStore(disk, ambient, Runnable::run, options);
        store.writer.begin();
        return store;
    }

    /// One turn of everything that has a thread otherwise.
    void turn() {
        writer.turn();
        writer.committing().turn();
        rewriter.turn();
        hub.turn();
    }

    /// Like [#turn], while the disk is still busy with the last group.
    void turnWithoutCommit() {
        writer.turn();
        rewriter.turn();
        hub.turn();
    }

    /// Does an operation, with all the rights there are.
    public CompletableFuture<Outcome> submit(Operation operation) {
        return submit(operation, Caller.OWNER);
    }

    /// Does an operation. Reads are answered by the calling thread; the answer to a change comes from the writer's.
    ///
    /// What is checked, in this order: the request in itself; what the caller may; what the store holds.
    public CompletableFuture<Outcome> submit(Operation operation, Caller caller) {
        return submit(operation, caller, Patience.NONE);
    }

    /// Like [#submit(Operation, Caller)]. A caller with patience makes a change by itself, and waits for the disk, if
    /// there is nothing else for the writer to do.
    public CompletableFuture<Outcome> submit(Operation operation, Caller caller, Patience patience) {
        try {
            alarms.refuseIfCorrupt();
            RequestRules.check(operation, options.txnOperationsMax());
            return switch (operation) {
                case Operation.Range range -> counted(range, reads.range(range, caller));
                case Operation.Txn txn when ReadView.answers(txn) -> counted(txn, reads.txn(txn, caller));
                case Operation.Put _, Operation.Delete _, Operation.Txn _ ->
                    writer.submit(
                            head -> {
                                head.rights(caller).check(operation, head::keysOfLease);
                                space.admit(Space.cost(operation));
                                try {
                                    head.checkDeletions(operation, memory.deletable());
                                    return head.apply(operation);
                                } catch (DeniedException denied) {
                                    tooLarge.changeWas(denied);
                                    throw denied;
                                }
                            },
                            Claim.of(operation),
                            patience);
            };
        } catch (DeniedException denied) {
            return CompletableFuture.failedFuture(denied);
        }
    }

    private CompletableFuture<Outcome> counted(Operation read, Outcome outcome) {
        tally.did(read, outcome);
        return CompletableFuture.completedFuture(outcome);
    }

    /// Reads a range, of which the rows go elsewhere as they are read.
    ///
    /// @return what else there is to say, without the rows
    public Outcome.Ranged range(Operation.Range range, Caller caller, RowSink rows) {
        RequestRules.check(range, options.txnOperationsMax());
        Outcome.Ranged ranged = reads.range(range, caller, rows);
        tally.did(range, ranged);
        return ranged;
    }

    /// What is known of users and roles; like everything else, it is seen when the disk has it.
    public AuthState auth() {
        return auth.get();
    }

    /// What a caller may do, as of now.
    public Rights rights(Caller caller) {
        return reads.rights(caller);
    }

    /// Changes users, roles or permissions.
    public CompletableFuture<AuthState> change(AuthChange change, Caller caller) {
        return writer.submit(
                        head -> {
                            head.rights(caller).requireRoot();
                            return head.change(change, space::hasMemory);
                        },
                        Claim.LEASE)
                // The answers to two changes may come here in either order.
                .thenApply(changed -> auth.accumulateAndGet(changed, AuthState::orLater));
    }

    public Outcome.Ranged range(Operation.Range range) {
        return (Outcome.Ranged) await(submit(range));
    }

    public Outcome.Put put(Operation.Put put) {
        return (Outcome.Put) await(submit(put));
    }

    public Outcome.Deleted delete(Operation.Delete delete) {
        return (Outcome.Deleted) await(submit(delete));
    }

    public Outcome.Txn txn(Operation.Txn txn) {
        return (Outcome.Txn) await(submit(txn));
    }

    /// Waits for an answer; a denial is thrown as itself.
    public static <T> T await(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof DeniedException denied) throw denied;
            throw e;
        }
    }

    /// The first keys of a range as it was at one revision: what a range answers, without counting. For those who read
    /// a large range in pieces.
    public List<KeyValue> page(KeyRange keys, long at, long limit, boolean keysOnly, Caller caller) {
        return reads.page(keys, at, limit, keysOnly, caller);
    }

    /// Forgets what only readers before this revision could see.
    ///
    /// @param physical whether to wait until it is gone from the index
    public CompletableFuture<Long> compact(long revision, boolean physical) {
        return sound(() -> writer.compact(revision, physical));
    }

    /// Gives back the room of everything compacted. Readers and writers go on meanwhile.
    public CompletableFuture<Void> defragment() {
        return rewriter.defragment();
    }

    /// @param id 0 to be given one
    public CompletableFuture<LeaseView> grantLease(long id, long ttlSeconds) {
        return sound(() -> writer.submit(
                head -> {
                    space.admit(Space.LEASE_COST);
                    return head.grant(id, ttlSeconds);
                },
                Claim.LEASE));
    }

    /// Ends the lease and deletes its keys, under one revision; under several where that many are too much at once.
    ///
    /// @return the store's revision after it
    public CompletableFuture<Long> revokeLease(long id) {
        return revokeLease(id, Caller.OWNER);
    }

    public CompletableFuture<Long> revokeLease(long id, Caller caller) {
        return sound(() -> writer.submit(
                        head -> {
                            head.rights(caller).checkKeys(Access.WRITE, head.keysOfLease(id));
                            return head.revoke(id) ? head.revision() : GOES_ON;
                        },
                        Claim.SMALL))
                .thenCompose(revision -> revokeRest(id, revision));
    }

    /// What was begun is not refused any more: it was allowed, and there is always room for it.
    private CompletableFuture<Long> revokeRest(long id, long revision) {
        if (revision != GOES_ON) return CompletableFuture.completedFuture(revision);
        return writer.submit(head -> head.revokeRest(id) ? head.revision() : GOES_ON, Claim.OWN)
                .thenCompose(reached -> revokeRest(id, reached));
    }

    /// @return the lease's full time in seconds, 0 if there is no such lease
    public CompletableFuture<Long> renewLease(long id) {
        return renewLease(id, Caller.OWNER);
    }

    public CompletableFuture<Long> renewLease(long id, Caller caller) {
        return writer.submit(
                head -> {
                    Rights rights = head.rights(caller);
                    if (!rights.unlimited()) {
                        rights.requireUser();
                        rights.checkKeys(Access.WRITE, head.keysOfLease(id));
                    }
                    return head.renew(id);
                },
                Claim.SMALL);
    }

    /// @return empty if there is no such lease
    public CompletableFuture<List<LeaseView>> lease(long id, boolean withKeys) {
        return lease(id, withKeys, Caller.OWNER);
    }

    public CompletableFuture<List<LeaseView>> lease(long id, boolean withKeys, Caller caller) {
        return writer.submit(
                head -> {
                    if (withKeys) head.rights(caller).checkKeys(Access.READ, head.keysOfLease(id));
                    LeaseView view = head.lease(id, withKeys);
                    return view == null ? List.of() : List.of(view);
                },
                Claim.SMALL);
    }

    /// The ids of all leases, the one that expires first in front.
    public CompletableFuture<List<Long>> leases() {
        return leases(Caller.OWNER);
    }

    public CompletableFuture<List<Long>> leases(Caller caller) {
        return writer.submit(
                head -> {
                    List<Long> ids = head.leases().byExpiry();
                    Rights rights = head.rights(caller);
                    if (!rights.unlimited()) {
                        rights.requireUser();
                        for (long id : ids) rights.checkKeys(Access.READ, head.keysOfLease(id));
                    }
                    return ids;
                },
                Claim.SMALL);
    }

    /// Nothing is changed while what is stored cannot be trusted.
    private <T> CompletableFuture<T> sound(Supplier<CompletableFuture<T>> change) {
        try {
            alarms.refuseIfCorrupt();
            return change.get();
        } catch (DeniedException denied) {
            return CompletableFuture.failedFuture(denied);
        }
    }

    public WatchStream watch(WatchSink sink) {
        return hub.open(sink);
    }

    public Crowd crowd() {
        return hub.crowd();
    }

    public StoreOptions options() {
        return options;
    }

    /// Alarms, hashes, checks and copies of everything.
    public Maintenance maintenance() {
        return maintenance;
    }

    public long revision() {
        return visible.revision();
    }

    /// History before this revision is gone; -1 if nothing was compacted.
    public long compactedRevision() {
        return visible.compacted();
    }

    public long bytesOnDisk() {
        return log.bytes();
    }

    /// About what of that would be left if everything compacted was given back.
    public long bytesInUse() {
        return log.bytesInUse();
    }

    /// About how much memory keys and what is known of them take.
    public long indexBytes() {
        return index.bytes();
    }

    /// About how much memory is taken by keys, leases and watches, and would be by the deletion of all keys.
    public long memoryBytes() {
        return memory.taken();
    }

    /// About how much memory is taken by keys, leases and watches as they are.
    public long memoryBytesHeld() {
        return memory.held();
    }

    /// How much of [#memoryBytes] is taken when puts are refused.
    public long memoryBytesMax() {
        return memory.limit();
    }

    /// How much of its memory is taken, in words, for whoever must be told why puts are refused.
    public String memoryTaken() {
        return memory.toString();
    }

    /// How many frames the log ever had: grows with every change of any kind, and never goes back.
    public long sequence() {
        return log.sequence();
    }

    /// What was done since the store was opened.
    public Tally tally() {
        return tally;
    }

    /// How many keys there are.
    public long keys() {
        return memory.keys();
    }

    /// How many changes, and questions to the writer, have no answer yet.
    public int pending() {
        return writer.pending();
    }

    /// How many bytes of changes were written to the disk since the store was opened.
    public long bytesWritten() {
        return log.written();
    }

    /// How often the disk was asked to make something safe.
    public long commits() {
        return log.commits();
    }

    /// How long the disk took each time.
    public ForceTimes forceTimes() {
        return forceTimes;
    }

    /// Why the store takes no changes any more, if its disk failed.
    public @Nullable Throwable failure() {
        return writer.failure();
    }

    /// Shorthand for tests and tools: the value of a key now, or null.
    public @Nullable Octets value(Octets key) {
        Outcome.Ranged ranged = range(Operation.Range.of(key));
        return ranged.kvs().isEmpty() ? null : ranged.kvs().getFirst().value();
    }

    /// Finishes what was submitted, notes the leases' time left, and lets go of the directory.
    @Override
    public void close() throws IOException {
        compaction.stop();
        CompletableFuture<Void> rewritten = rewriter.close();
        writer.close().join();
        rewritten.join();
        hub.close();
        boolean interrupted = false;
        for (Thread thread : threads) interrupted |= joined(thread);
        log.close();
        if (interrupted) Thread.currentThread().interrupt();
    }

    /// @return whether the caller was interrupted while it waited
    private static boolean joined(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
