package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.ForgottenWritesException;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.block.Warrant;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// The blocks of a nexus: written to every open copy, read from one that is whole.
///
/// ```
///   write ─► range lock ─┬─► copy A: done   ─┐
///                        └─► copy B: failed ─┴─► retire B (nobody writes meanwhile) ─► again, to A alone ─► done
///                        all failed, and not because of the blocks ─► held, see [Outage]
/// ```
///
/// * A write is acknowledged when every copy that counts as whole has it. So whatever a host was promised is on each.
/// * A copy that failed is retired, and that is on record, before any write without it is acknowledged: the retiring
///   runs alone, and the write is repeated afterwards. Before every repetition it is looked whether the host is still
///   there ([Stay]).
/// * Whoever was away, or failed to flush, may have forgotten what was not flushed ([Unflushed]): the flushes of those
///   who were there before fail from then on, and what copies may have forgotten is made equal.
/// * A write that failed may be on some copies and not on others: before anybody reads or writes those blocks again
///   they are made equal ([Unsettled]).
final class Mirror implements BlockDevice {
    /// What follows from failures. Called when no I/O of the caller holds the gate.
    interface Failures extends Outage.Copies {
        /// Takes out copies that failed and still stand as they did, but not the last whole one.
        void retire(List<Leg.Failure> failed) throws IOException;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    interface Change {
        void run() throws IOException;
    }

    private static final int PIECE = 1 << 20;

    private final String name;
    private final int blockSize;
    private final long blocks;
    private final Failures failures;
    private final Ambient ambient;
    private final FanOut fanOut;
    private final Outage outage;
    private final Unflushed unflushed;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final RangeLocks ranges = new RangeLocks();
    private final Unsettled unsettled = new Unsettled();
    private final AtomicLong reads = new AtomicLong();
    private final Stay own;
    private volatile List<Child> children;
    private volatile @Nullable String closed;

    Mirror(String name, int blockSize, long blocks, List<Child> children, Failures failures, Ambient ambient) {
        this.name = name;
        this.blockSize = blockSize;
        this.blocks = blocks;
        this.children = List.copyOf(children);
        this.failures = failures;
        this.ambient = ambient;
        this.fanOut = new FanOut(ambient);
        this.outage = new Outage(failures, ambient);
        this.unflushed = new Unflushed(blocks * blockSize);
        this.own = new Stay(this, Warrant.STANDING, 0);
    }

    List<Child> children() {
        return children;
    }

    /// Runs a change of the children's conditions while no I/O runs and none begins.
    void alone(Change change) throws IOException {
        gate.writeLock().lock();
        try {
            change.run();
        } finally {
            gate.writeLock().unlock();
        }
    }

    /// Only from within [#alone].
    void children(List<Child> next) {
        assert gate.isWriteLockedByCurrentThread();
        children = List.copyOf(next);
    }

    /// Only from within [#alone]: copies that had been lost are about to be used again.
    ///
    /// @param sure whether all that will be used have forgotten nothing meanwhile ([BlockDevice#memory])
    void recovering(boolean sure) {
        assert gate.isWriteLockedByCurrentThread();
        outage.recovering();
        if (sure) return;
        if (unflushed.anything()) unflushed.lose();
        settleUnflushed();
    }

    /// Whether there is anything that a copy could forget.
    boolean anythingUnflushed() {
        return unflushed.anything();
    }

    /// Only from within [#alone]: every later I/O fails for this reason.
    void close(String why) {
        assert gate.isWriteLockedByCurrentThread();
        closed = why;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public long blocks() {
        return blocks;
    }

    @Override
    public BlockDevice under(Warrant warrant) {
        return new Stay(this, warrant, unflushed.losses());
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        own.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        own.write(offset, from);
    }

    @Override
    public void flush() throws IOException {
        own.flush();
    }

    @Override
    public void unmap(long offset, long length) throws IOException {
        own.unmap(offset, length);
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        own.writeZeroes(offset, length);
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "nexus " + name;
    }

    void read(Stay stay, long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        insist(stay.warrant(), () -> {
            List<Leg.Failure> failed = new ArrayList<>();
            while (!readEqual(stay.warrant(), offset, into, failed)) settle(offset, into.remaining());
            // One did answer, after these did not.
            if (!failed.isEmpty()) failures.retire(failed);
        });
    }

    /// @return whether the copies were equal there, and it was read: copies may come back unequal just before
    private boolean readEqual(Warrant warrant, long offset, ByteBuffer into, List<Leg.Failure> failed)
            throws IOException {
        gate.readLock().lock();
        try {
            checkOpen();
            warrant.check();
            if (!unsettled.within(offset, into.remaining()).isEmpty()) return false;
            List<Leg> gone = Leg.whole(children).stream().filter(Leg::lost).toList();
            readFromOne(inTurn(), offset, into, failed);
            // What was read is what the others have from now on: who is gone meanwhile may come back with less.
            for (Leg leg : gone) {
                if (!leg.in(failed)) failed.add(new Leg.Failure(leg, new IOException(leg.child().uri + " is lost")));
            }
            return true;
        } finally {
            gate.readLock().unlock();
        }
    }

    void change(Stay stay, long offset, long length, FanOut.Operation operation) throws IOException {
        check(offset, length);
        insist(stay.warrant(), () -> onEveryCopy(stay.warrant(), offset, length, operation));
    }

    void flush(Stay stay) throws IOException {
        long begun = unflushed.begin();
        insist(stay.warrant(), () -> onEveryCopy(stay.warrant(), 0, 0, BlockDevice::flush));
        unflushed.flushed(begun);
        if (unflushed.losses() == stay.lossesBefore()) return;
        throw new ForgottenWritesException(this + " may have forgotten what was written before, and not flushed");
    }

    /// Copies a range from a whole copy to one that is not. Fails if the target fails or is no longer to be rebuilt.
    ///
    /// @return whether there was anything but zeroes
    boolean copy(Leg target, long offset, int length) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(length);
        insist(target::stands, () -> {
            List<Leg.Failure> failed = new ArrayList<>();
            gate.readLock().lock();
            try (RangeLocks.Held _ = ranges.hold(offset, length)) {
                checkOpen();
                if (!target.stands()) throw new IOException(target.child().uri + " is no longer to be rebuilt");
                readFromOne(Leg.localFirst(Leg.whole(children)), offset, content.clear(), failed);
                content.flip();
                if (zeroes(content)) target.device().writeZeroes(offset, length);
                else target.device().write(offset, content.duplicate());
            } finally {
                gate.readLock().unlock();
            }
            if (!failed.isEmpty()) failures.retire(failed);
        });
        return !zeroes(content);
    }

    /// Reads a block of every whole copy, so that one that is lost is noticed also while nobody uses the device.
    void probe() throws IOException {
        checkOpen();
        int before = outage.recoveries();
        List<Leg> whole = Leg.whole(children);
        List<Leg.Failure> failed = fanOut.over(whole, this::readABlock);
        if (failed.isEmpty()) settle(0, size());
        else if (failed.size() < whole.size()) failures.retire(failed);
        else outage.waited(before, Warrant.STANDING, Patience.ofHosts(ambient));
    }

    /// Makes copies equal wherever they may not be, and flushes each; only from within [#alone], when no I/O is left to
    /// come. A copy that cannot follow is retired, if another can.
    ///
    /// @throws IOException if none can: then nobody knows that they are equal
    void settleForGood() throws IOException {
        assert gate.isWriteLockedByCurrentThread();
        settle(0, size());
        List<Leg> whole = Leg.whole(children);
        List<Leg.Failure> failed = fanOut.over(whole, BlockDevice::flush);
        if (failed.isEmpty()) return;
        if (failed.size() == whole.size()) throw failed.getFirst().why();
        failures.retire(failed);
    }

    private void readABlock(BlockDevice device) throws IOException {
        device.read(0, ByteBuffer.allocate(blockSize));
    }

    /// Reads from the first that can; the gate is held.
    private void readFromOne(List<Leg> readers, long offset, ByteBuffer into, List<Leg.Failure> failed)
            throws IOException {
        IOException last = new IOException(this + " has no whole copy");
        for (Leg leg : readers) {
            try {
                leg.device().read(offset, into.slice());
                into.position(into.limit());
                return;
            } catch (IOException e) {
                failed.add(new Leg.Failure(leg, e));
                last = e;
            }
        }
        throw last;
    }

    private List<Leg> inTurn() {
        List<Leg> whole = Leg.whole(children);
        if (whole.size() < 2) return whole;
        int first = (int) (reads.getAndIncrement() % whole.size());
        List<Leg> rotated = new ArrayList<>(whole.subList(first, whole.size()));
        rotated.addAll(whole.subList(0, first));
        return rotated;
    }

    /// Does it again where it failed because copies were lost, and they answer again.
    private void insist(Warrant warrant, Attempt attempt) throws IOException {
        Patience patience = null;
        while (true) {
            int before = outage.recoveries();
            try {
                attempt.run();
                return;
            } catch (ForgottenWritesException late) {
                throw late;
            } catch (IOException failed) {
                if (patience == null) patience = Patience.ofHosts(ambient);
                boolean hopeless = closed != null || !warrant.stands() || patience.over();
                if (hopeless || !outage.waited(before, warrant, patience)) throw failed;
            }
        }
    }

    private void onEveryCopy(Warrant warrant, long offset, long length, FanOut.Operation operation) throws IOException {
        while (true) {
            settle(offset, length);
            List<Leg.Failure> failed;
            gate.readLock().lock();
            try (RangeLocks.Held _ = ranges.hold(offset, length)) {
                checkOpen();
                warrant.check();
                List<Leg> open = Leg.open(children);
                if (open.isEmpty()) throw new IOException(this + " has no copy");
                failed = fanOut.over(open, operation);
                // What failed may be there as well, and read, and forgotten.
                unflushed.touched(offset, length);
                if (length > 0 && open.stream().anyMatch(leg -> leg.whole() && !leg.lost())) unflushed.seen();
                if (failed.isEmpty()) return;
                if (length > 0 && !nothingHappened(open, failed)) unsettled.add(offset, length);
                if (open.stream().noneMatch(leg -> leg.whole() && !leg.in(failed))) throw nowhere(length, failed);
            } finally {
                gate.readLock().unlock();
            }
            judge(failed);
        }
    }

    /// A full pool takes nothing of a write, so nothing needs to be made equal then. Nor does what is missing only from
    /// copies that nobody reads.
    private static boolean nothingHappened(List<Leg> open, List<Leg.Failure> failed) {
        boolean allFull = failed.size() == open.size()
                && failed.stream().allMatch(failure -> failure.why() instanceof NoSpaceException);
        return allFull || failed.stream().noneMatch(failure -> failure.leg().whole());
    }

    /// A flush that failed, and not for want of a way to the copy, left it in doubt what was forgotten: kernels take a
    /// page that could not be written for clean.
    private IOException nowhere(long length, List<Leg.Failure> failed) {
        IOException why = failed.getFirst().why();
        boolean flushed = failed.stream()
                .anyMatch(failure -> failure.leg().whole() && !failure.leg().lost());
        if (length > 0 || !flushed) return why;
        unflushed.lose();
        settleUnflushed();
        return new ForgottenWritesException(this + " may have forgotten what it could not flush", why);
    }

    /// What copies may have forgotten is made equal, also in one that is being rebuilt: it may have got already what
    /// its source forgot.
    private void settleUnflushed() {
        if (Leg.open(children).size() < 2) return;
        unflushed.parts((offset, length) -> unsettled.add(offset, Math.min(length, size() - offset)));
    }

    /// Some copies failed and some did not, which may be a matter of moments when the network goes: where the way to
    /// them broke, the others are asked before they are retired.
    private void judge(List<Leg.Failure> failed) throws IOException {
        List<Leg.Failure> whole =
                failed.stream().filter(failure -> failure.leg().whole()).toList();
        boolean onlyLost = whole.stream().allMatch(failure -> failure.leg().lost());
        if (whole.isEmpty() || !onlyLost || anotherAnswers(failed)) {
            failures.retire(failed);
            return;
        }
        List<Leg.Failure> incomplete =
                failed.stream().filter(failure -> !failure.leg().whole()).toList();
        if (!incomplete.isEmpty()) failures.retire(incomplete);
        throw whole.getFirst().why();
    }

    private boolean anotherAnswers(List<Leg.Failure> failed) {
        List<Leg> others =
                Leg.whole(children).stream().filter(leg -> !leg.in(failed)).toList();
        return fanOut.over(others, this::readABlock).size() < others.size();
    }

    /// Makes copies equal that may not be: one's content is written to all, the one itself as well, which may have
    /// taken a page for clean that is not on its disk.
    private void settle(long offset, long length) throws IOException {
        for (Unsettled.Range range : unsettled.within(offset, length)) {
            for (long done = 0; done < range.length; done += PIECE) {
                settlePiece(range.offset + done, (int) Math.min(PIECE, range.length - done));
            }
            unsettled.settled(range);
        }
    }

    private void settlePiece(long offset, int length) throws IOException {
        List<Leg.Failure> failed = new ArrayList<>();
        gate.readLock().lock();
        try (RangeLocks.Held _ = ranges.hold(offset, length)) {
            checkOpen();
            List<Leg> open = Leg.open(children);
            if (open.size() < 2) return;
            ByteBuffer content = ByteBuffer.allocate(length);
            readFromOne(Leg.steadiestFirst(Leg.whole(children)), offset, content, failed);
            content.flip();
            List<Leg> readable = open.stream().filter(leg -> !leg.in(failed)).toList();
            failed.addAll(fanOut.over(readable, device -> device.write(offset, content.duplicate())));
            unflushed.touched(offset, length);
            unflushed.seen();
            if (readable.stream().noneMatch(leg -> leg.whole() && !leg.in(failed))) {
                throw failed.getFirst().why();
            }
        } finally {
            gate.readLock().unlock();
        }
        if (!failed.isEmpty()) judge(failed);
    }

    private static boolean zeroes(ByteBuffer buffer) {
        for (int at = buffer.position(); at + Long.BYTES <= buffer.limit(); at += Long.BYTES) {
            if (buffer.getLong(at) != 0) return false;
        }
        return true;
    }

    private void checkOpen() throws IOException {
        String why = closed;
        if (why != null) throw new IOException(why);
    }

    private void check(long offset, long length) {
        if (offset < 0
                || length < 0
                || offset + length > size()
                || offset % blockSize != 0
                || length % blockSize != 0) {
            throw new IllegalArgumentException("%d bytes at %d of %s, which has %d blocks of %d"
                    .formatted(length, offset, this, blocks, blockSize));
        }
    }
}
