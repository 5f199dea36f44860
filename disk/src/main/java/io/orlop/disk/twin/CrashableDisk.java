package io.orlop.disk.twin;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// A disk that can lose what a real one may lose, and fail as one ([Faults]).
///
/// ```
///   write ──► cache ──────── force ────► medium
///               │                          │
///         kill: all of it            power cut: the medium, and of every unforced
///         is there again             write any of its 512-byte sectors, or none
/// ```
///
/// The handle that crashed answers every later call with an [IOException]; [#afterKill] and [#afterPowerCut] give the
/// disk that the next process opens. [#crashAfter] crashes it by itself, after a number of writing calls.
public final class CrashableDisk implements Disk {
    private static final LongPredicate ALL = _ -> true;

    private final int blockSize;
    private final CrashableBytes bytes;
    private final ReentrantLock lock;
    private final Faults faults = new Faults();
    private long callsLeft = Long.MAX_VALUE;
    private boolean crashed;
    private int powerCuts;

    public CrashableDisk(long size, int blockSize) {
        this(new CrashableBytes(size), new ReentrantLock(), blockSize);
    }

    private CrashableDisk(CrashableBytes bytes, ReentrantLock lock, int blockSize) {
        this.bytes = bytes;
        this.lock = lock;
        this.blockSize = blockSize;
    }

    /// What else goes wrong with it. They are this handle's: who opens the disk after a crash finds it mended.
    public Faults faults() {
        return faults;
    }

    /// Changes a bit of what is on the medium, and of what is read of it.
    public void rot(long offset, int bit) {
        locked(() -> {
            bytes.rot(offset, bit);
            return bit;
        });
    }

    /// Lets this many writing calls (write, zero, force) through and crashes in the one after.
    public void crashAfter(long calls) {
        callsLeft = calls;
    }

    public boolean crashed() {
        return crashed;
    }

    /// How many writing calls are still let through.
    public long callsLeft() {
        return callsLeft;
    }

    public void crash() {
        crashed = true;
    }

    /// The disk as the next process finds it when only the process died: what was not forced reads back, and is as
    /// little on the medium as before.
    public CrashableDisk afterKill() {
        return locked(() -> {
            crashed = true;
            bytes.killed();
            CrashableDisk after = new CrashableDisk(bytes, lock, blockSize);
            after.powerCuts = powerCuts;
            return after;
        });
    }

    /// The disk as it is found after the power failed, with luck drawn from `random`.
    public CrashableDisk afterPowerCut(RandomGenerator random) {
        return locked(() -> {
            crashed = true;
            CrashableDisk after = new CrashableDisk(bytes.afterPowerCut(random, false), new ReentrantLock(), blockSize);
            after.powerCuts = powerCuts + 1;
            return after;
        });
    }

    @Override
    public long size() {
        return bytes.size();
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        faults.meet(Call.READ, offset, into.remaining());
        lock.lock();
        try {
            if (crashed) throw new IOException("the disk has crashed");
            return bytes.read(offset, into);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        byte[] written = new byte[from.remaining()];
        from.get(written);
        try {
            faults.meet(Call.WRITE, offset, written.length);
        } catch (IOException e) {
            change(seen -> bytes.write(offset, Arrays.copyOf(written, written.length / 2), seen));
            throw e;
        }
        change(seen -> bytes.write(offset, written, seen));
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        check(offset, length);
        faults.meet(Call.WRITE, offset, length);
        change(seen -> bytes.zero(offset, length, seen));
    }

    @Override
    public void force() throws IOException {
        meetForce();
        lock.lock();
        try {
            countDown();
            bytes.force();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void forget() throws IOException {
        meetForce();
        lock.lock();
        try {
            countDown();
            bytes.forget();
        } finally {
            lock.unlock();
        }
    }

    private void meetForce() throws IOException {
        try {
            faults.meet(Call.FORCE, 0, bytes.size());
        } catch (LostForceException e) {
            locked(() -> {
                bytes.lose();
                return e;
            });
            throw e;
        }
    }

    @Override
    public String cache() {
        return "power " + powerCuts;
    }

    @Override
    public void close() {}

    @Override
    public String toString() {
        return "a crashable disk of %d bytes".formatted(bytes.size());
    }

    private interface Change {
        void apply(LongPredicate seen);
    }

    private void change(Change change) throws IOException {
        lock.lock();
        try {
            // The last call tears: a killed process leaves part of it visible, a power cut any of its sectors.
            if (!crashed && callsLeft == 0) change.apply(sector -> sector % 2 == 0);
            countDown();
            change.apply(ALL);
        } finally {
            lock.unlock();
        }
    }

    private void countDown() throws IOException {
        if (callsLeft-- <= 0) crashed = true;
        if (crashed) throw new IOException("the disk has crashed");
    }

    private <T> T locked(Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }

    private void check(long offset, long length) {
        if (offset < 0 || length < 0 || length > bytes.size() - offset) {
            throw new IllegalArgumentException(
                    "the disk has " + bytes.size() + " bytes; asked for " + length + " at " + offset);
        }
    }
}
