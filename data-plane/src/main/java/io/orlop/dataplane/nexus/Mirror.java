package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.dataplane.rebuild.RangeLocks;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// The blocks of a nexus: written to every open copy, read from one that is whole.
///
/// ```
///   write ─► range lock ─┬─► copy A: done   ─┐
///                        └─► copy B: failed ─┴─► retire B (nobody writes meanwhile) ─► again, to A alone ─► done
/// ```
///
/// * A write is acknowledged when every copy that counts as whole has it. So whatever a host was promised is on each.
/// * A copy that failed is retired, and that is on record, before any write without it is acknowledged: the retiring
///   runs alone, and the write is repeated afterwards.
/// * Where every whole copy is lost, one is connected to again, and what failed is done again. If it was away with
///   writes that were never flushed, it may have forgotten them, and the next flush says so.
/// * A write that failed everywhere may be on some copies and not on others. The host is told of the failure, and
///   before anybody reads or writes those blocks again they are made equal.
final class Mirror implements BlockDevice {
    /// What follows from failures. Called when no I/O of the caller holds the gate.
    interface Failures {
        /// Takes out copies that failed, but not the last whole one.
        void retire(Map<Child, IOException> failed) throws IOException;

        /// Connects again to a whole copy, if every one of them is lost.
        ///
        /// @return whether it did
        boolean reconnect() throws IOException;
    }

    private interface Operation {
        void on(BlockDevice device) throws IOException;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private record Range(long offset, long length) {
        boolean overlaps(long otherOffset, long otherLength) {
            return offset < otherOffset + otherLength && otherOffset < offset + length;
        }
    }

    private final String name;
    private final int blockSize;
    private final long blocks;
    private final Failures failures;
    private final Ambient ambient;
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
    private final RangeLocks ranges = new RangeLocks();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong changes = new AtomicLong();
    private final AtomicLong changesFlushed = new AtomicLong();
    private final AtomicBoolean mayHaveForgotten = new AtomicBoolean();
    private final ReentrantLock unsettledLock = new ReentrantLock();
    private final List<Range> unsettled = new ArrayList<>();
    private volatile List<Child> children;
    private volatile @Nullable String closed;
    private volatile int reconnections;

    Mirror(String name, int blockSize, long blocks, List<Child> children, Failures failures, Ambient ambient) {
        this.name = name;
        this.blockSize = blockSize;
        this.blocks = blocks;
        this.children = List.copyOf(children);
        this.failures = failures;
        this.ambient = ambient;
    }

    List<Child> children() {
        return children;
    }

    interface Change {
        void run() throws IOException;
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

    /// Only from within [#alone]: a copy that had been lost is the one to go on with.
    void reconnected() {
        assert gate.isWriteLockedByCurrentThread();
        reconnections = reconnections + 1;
        if (changes.get() > changesFlushed.get()) mayHaveForgotten.set(true);
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
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        insist(() -> {
            settle(offset, into.remaining());
            Map<Child, IOException> failed = new LinkedHashMap<>();
            gate.readLock().lock();
            try {
                readFromOne(rotated(), offset, into, failed);
            } finally {
                gate.readLock().unlock();
            }
            if (!failed.isEmpty()) failures.retire(failed);
        });
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        ByteBuffer content = from.slice();
        everywhere(offset, from.remaining(), device -> device.write(offset, content.duplicate()));
        from.position(from.limit());
    }

    @Override
    public void flush() throws IOException {
        long changed = changes.get();
        everywhere(0, 0, BlockDevice::flush);
        changesFlushed.accumulateAndGet(changed, Math::max);
        if (mayHaveForgotten.compareAndSet(true, false)) {
            throw new IOException(
                    this + " lost its last copy for a while, which may have forgotten what was not flushed");
        }
    }

    @Override
    public void unmap(long offset, long length) throws IOException {
        check(offset, length);
        everywhere(offset, length, device -> device.unmap(offset, length));
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        check(offset, length);
        everywhere(offset, length, device -> device.writeZeroes(offset, length));
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "nexus " + name;
    }

    /// Copies a range from a whole copy to one that is not. Fails if the target fails or is no longer to be rebuilt.
    ///
    /// @return whether there was anything but zeroes
    boolean copy(Child target, long offset, ByteBuffer buffer) throws IOException {
        Map<Child, IOException> failed = new LinkedHashMap<>();
        boolean transferred;
        gate.readLock().lock();
        try (RangeLocks.Held _ = ranges.hold(offset, buffer.remaining())) {
            if (!(target.condition() instanceof Child.Condition.OutOfSync(BlockDevice device))) {
                throw new IOException("%s is no longer to be rebuilt".formatted(target.uri));
            }
            int length = buffer.remaining();
            readFromOne(localFirst(), offset, buffer, failed);
            buffer.flip();
            transferred = !zeroes(buffer);
            if (transferred) device.write(offset, buffer);
            else device.writeZeroes(offset, length);
        } finally {
            gate.readLock().unlock();
        }
        if (!failed.isEmpty()) failures.retire(failed);
        return transferred;
    }

    /// Reads a block of every whole copy, so that one that is lost is noticed, and connected to again where it is the
    /// last, also while nobody uses the device.
    void probe() throws IOException {
        Map<Child, IOException> failed = new LinkedHashMap<>();
        List<Child> whole;
        gate.readLock().lock();
        try {
            checkOpen();
            whole = children.stream().filter(Child::synced).toList();
            for (Child child : whole) {
                try {
                    child.device().orElseThrow().read(0, ByteBuffer.allocate(blockSize));
                } catch (IOException e) {
                    failed.put(child, e);
                }
            }
        } finally {
            gate.readLock().unlock();
        }
        if (failed.isEmpty() || failed.size() == whole.size() && failures.reconnect()) return;
        failures.retire(failed);
    }

    /// Reads from the first that can; the gate is held.
    private void readFromOne(List<Child> readers, long offset, ByteBuffer into, Map<Child, IOException> failed)
            throws IOException {
        checkOpen();
        IOException last = new IOException(this + " has no whole copy");
        for (Child child : readers) {
            try {
                child.device().orElseThrow().read(offset, into.slice());
                into.position(into.limit());
                return;
            } catch (IOException e) {
                failed.put(child, e);
                last = e;
            }
        }
        throw last;
    }

    private List<Child> rotated() {
        List<Child> whole = children.stream().filter(Child::synced).toList();
        if (whole.size() < 2) return whole;
        int first = (int) (reads.getAndIncrement() % whole.size());
        List<Child> rotated = new ArrayList<>(whole.subList(first, whole.size()));
        rotated.addAll(whole.subList(0, first));
        return rotated;
    }

    private List<Child> localFirst() {
        return children.stream()
                .filter(Child::synced)
                .sorted(Comparator.comparing(child -> !child.local()))
                .toList();
    }

    /// Does it again when a copy could be connected to that had been lost, by this call or another.
    private void insist(Attempt attempt) throws IOException {
        while (true) {
            int before = reconnections;
            try {
                attempt.run();
                return;
            } catch (IOException failed) {
                if (reconnections == before && !failures.reconnect()) throw failed;
            }
        }
    }

    private void everywhere(long offset, long length, Operation operation) throws IOException {
        insist(() -> onEveryCopy(offset, length, operation));
        if (length > 0) changes.incrementAndGet();
    }

    private void onEveryCopy(long offset, long length, Operation operation) throws IOException {
        settle(offset, length);
        while (true) {
            Map<Child, IOException> failed;
            boolean onAWholeOne;
            gate.readLock().lock();
            try (RangeLocks.Held _ = ranges.hold(offset, length)) {
                checkOpen();
                List<Child> open = children.stream()
                        .filter(child -> child.device().isPresent())
                        .toList();
                failed = inParallel(open, operation);
                if (failed.isEmpty()) return;
                onAWholeOne = open.stream().anyMatch(child -> child.synced() && !failed.containsKey(child));
                if (!onAWholeOne) throw nowhere(offset, length, open, failed);
            } finally {
                gate.readLock().unlock();
            }
            failures.retire(failed);
        }
    }

    /// A full pool takes nothing of a write, so nothing needs to be made equal then.
    private IOException nowhere(long offset, long length, List<Child> open, Map<Child, IOException> failed) {
        boolean nothingHappened =
                failed.size() == open.size() && failed.values().stream().allMatch(NoSpaceException.class::isInstance);
        if (!nothingHappened && length > 0) {
            unsettledLock.lock();
            try {
                unsettled.add(new Range(offset, length));
            } finally {
                unsettledLock.unlock();
            }
        }
        return failed.values().iterator().next();
    }

    /// Makes blocks equal that a failed write may have left unequal: one copy's content is written to all.
    private void settle(long offset, long length) throws IOException {
        for (Range range : unsettled(offset, length)) {
            ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(Math.min(range.length, 1 << 20)));
            for (long done = 0; done < range.length; done += content.limit()) {
                content.clear().limit((int) Math.min(content.capacity(), range.length - done));
                settlePiece(range.offset + done, content);
            }
            unsettledLock.lock();
            try {
                unsettled.remove(range);
            } finally {
                unsettledLock.unlock();
            }
        }
    }

    private void settlePiece(long offset, ByteBuffer content) throws IOException {
        Map<Child, IOException> failed = new LinkedHashMap<>();
        gate.readLock().lock();
        try (RangeLocks.Held _ = ranges.hold(offset, content.remaining())) {
            readFromOne(localFirst(), offset, content, failed);
            content.flip();
            List<Child> open = children.stream()
                    .filter(child -> child.device().isPresent() && !failed.containsKey(child))
                    .toList();
            failed.putAll(inParallel(open, device -> device.write(offset, content.duplicate())));
            if (open.stream().noneMatch(child -> child.synced() && !failed.containsKey(child))) {
                throw failed.values().iterator().next();
            }
        } finally {
            gate.readLock().unlock();
        }
        if (!failed.isEmpty()) failures.retire(failed);
    }

    private List<Range> unsettled(long offset, long length) {
        unsettledLock.lock();
        try {
            return unsettled.stream()
                    .filter(range -> range.overlaps(offset, length))
                    .toList();
        } finally {
            unsettledLock.unlock();
        }
    }

    private Map<Child, IOException> inParallel(List<Child> open, Operation operation) throws IOException {
        if (open.isEmpty()) throw new IOException(this + " has no copy");
        @Nullable IOException[] outcomes = new IOException[open.size()];
        CountDownLatch others = new CountDownLatch(open.size() - 1);
        for (int i = 1; i < open.size(); i++) {
            int at = i;
            ambient.start("mirror", () -> {
                try {
                    outcomes[at] = outcome(open.get(at), operation);
                } finally {
                    others.countDown();
                }
            });
        }
        outcomes[0] = outcome(open.get(0), operation);
        awaitUninterruptibly(others);
        Map<Child, IOException> failed = new LinkedHashMap<>();
        for (int i = 0; i < outcomes.length; i++) {
            IOException failure = outcomes[i];
            if (failure != null) failed.put(open.get(i), failure);
        }
        return failed;
    }

    private static @Nullable IOException outcome(Child child, Operation operation) {
        try {
            operation.on(child.device().orElseThrow());
            return null;
        } catch (IOException e) {
            return e;
        } catch (RuntimeException e) {
            return new IOException(e);
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
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
