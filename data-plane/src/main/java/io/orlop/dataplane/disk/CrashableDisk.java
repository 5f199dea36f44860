package io.orlop.dataplane.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk for tests and simulations that can lose what a real one may lose.
///
/// ```
///   write ──► visible ──── force ────► medium
///                │                        │
///          kill: all of it          power cut: the medium, and of every unforced
///          is there again           write any of its 512-byte sectors, or none
/// ```
///
/// The handle that crashed answers every later call with an [IOException]; [#afterKill] and [#afterPowerCut] give the
/// disk that the next process opens. [#crashAfter] crashes it by itself, after a number of writing calls.
public final class CrashableDisk implements Disk {
    private static final int PAGE = 4096;

    private sealed interface Unforced {
        record Written(long offset, byte[] bytes) implements Unforced {}

        record Zeroed(long offset, long length) implements Unforced {}
    }

    private final long size;
    private final int blockSize;
    private final TreeMap<Long, byte[]> visible;
    private final TreeMap<Long, byte[]> medium;
    private final List<Unforced> unforced = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private long callsLeft = Long.MAX_VALUE;
    private boolean crashed;
    private int powerCuts;
    private @Nullable Unforced torn;

    public CrashableDisk(long size, int blockSize) {
        this(size, blockSize, new TreeMap<>());
    }

    private CrashableDisk(long size, int blockSize, TreeMap<Long, byte[]> content) {
        this.size = size;
        this.blockSize = blockSize;
        this.visible = content;
        this.medium = copy(content);
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

    /// The disk as the next process finds it when only the process died.
    public CrashableDisk afterKill() {
        return locked(() -> {
            crashed = true;
            CrashableDisk after = new CrashableDisk(size, blockSize, copy(visible));
            after.powerCuts = powerCuts;
            after.medium.clear();
            after.medium.putAll(copy(medium));
            after.unforced.addAll(unforced);
            if (torn != null) {
                after.unforced.removeLast();
                after.unforced.add(asVisible(torn));
            }
            return after;
        });
    }

    /// The disk as it is found after the power failed, with luck drawn from `random`.
    public CrashableDisk afterPowerCut(RandomGenerator random) {
        return locked(() -> {
            crashed = true;
            TreeMap<Long, byte[]> left = copy(medium);
            int luck = random.nextInt(5);
            for (Unforced one : unforced) {
                apply(one, left, _ -> luck != 0 && (luck == 4 || random.nextInt(4) < luck));
            }
            CrashableDisk after = new CrashableDisk(size, blockSize, left);
            after.powerCuts = powerCuts + 1;
            return after;
        });
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        lock.lock();
        try {
            if (crashed) throw new IOException("the disk has crashed");
            for (long at = offset; into.hasRemaining(); ) {
                int within = (int) (at % PAGE);
                int length = Math.min(PAGE - within, into.remaining());
                into.put(visible.getOrDefault(at / PAGE, ZEROES), within, length);
                at += length;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        byte[] bytes = new byte[from.remaining()];
        from.get(bytes);
        change(new Unforced.Written(offset, bytes));
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        check(offset, length);
        change(new Unforced.Zeroed(offset, length));
    }

    @Override
    public void force() throws IOException {
        lock.lock();
        try {
            countDown();
            unforced.forEach(one -> apply(one, medium, _ -> true));
            unforced.clear();
        } finally {
            lock.unlock();
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
        return "a crashable disk of %d bytes".formatted(size);
    }

    private static final byte[] ZEROES = new byte[PAGE];

    private void change(Unforced one) throws IOException {
        lock.lock();
        try {
            if (!crashed && callsLeft == 0) {
                // The last call tears: a killed process leaves part of it visible, a power cut any of its sectors.
                apply(one, visible, sector -> sector % 2 == 0);
                unforced.add(one);
                torn = one;
            }
            countDown();
            apply(one, visible, _ -> true);
            unforced.add(one);
        } finally {
            lock.unlock();
        }
    }

    /// What the process that died wrote of it, and the next one sees, is what may reach the medium.
    private Unforced asVisible(Unforced one) {
        long offset =
                switch (one) {
                    case Unforced.Written written -> written.offset;
                    case Unforced.Zeroed zeroed -> zeroed.offset;
                };
        long length =
                switch (one) {
                    case Unforced.Written written -> written.bytes.length;
                    case Unforced.Zeroed zeroed -> zeroed.length;
                };
        byte[] bytes = new byte[(int) length];
        for (int done = 0; done < length; ) {
            int within = (int) ((offset + done) % PAGE);
            int part = (int) Math.min(PAGE - within, length - done);
            System.arraycopy(visible.getOrDefault((offset + done) / PAGE, ZEROES), within, bytes, done, part);
            done += part;
        }
        return new Unforced.Written(offset, bytes);
    }

    private void countDown() throws IOException {
        if (callsLeft-- <= 0) crashed = true;
        if (crashed) throw new IOException("the disk has crashed");
    }

    private static void apply(Unforced one, TreeMap<Long, byte[]> pages, Predicate<Long> sectorSurvives) {
        switch (one) {
            case Unforced.Written(long offset, byte[] bytes) -> {
                for (int done = 0; done < bytes.length; ) {
                    long at = offset + done;
                    int length = (int) Math.min(SECTOR - at % SECTOR, bytes.length - done);
                    if (sectorSurvives.test(at / SECTOR)) {
                        byte[] page = pages.computeIfAbsent(at / PAGE, _ -> new byte[PAGE]);
                        System.arraycopy(bytes, done, page, (int) (at % PAGE), length);
                    }
                    done += length;
                }
            }
            case Unforced.Zeroed(long offset, long length) -> {
                long end = offset + length;
                for (var page : new ArrayList<>(
                        pages.subMap(offset / PAGE, (end + PAGE - 1) / PAGE).entrySet())) {
                    long start = page.getKey() * PAGE;
                    for (long at = Math.max(start, offset); at < Math.min(start + PAGE, end); ) {
                        int part = (int) Math.min(SECTOR - at % SECTOR, end - at);
                        if (sectorSurvives.test(at / SECTOR)) {
                            Arrays.fill(page.getValue(), (int) (at - start), (int) (at - start) + part, (byte) 0);
                        }
                        at += part;
                    }
                    if (Arrays.equals(page.getValue(), ZEROES)) pages.remove(page.getKey());
                }
            }
        }
    }

    private static TreeMap<Long, byte[]> copy(TreeMap<Long, byte[]> pages) {
        TreeMap<Long, byte[]> copy = new TreeMap<>();
        pages.forEach((number, page) -> copy.put(number, page.clone()));
        return copy;
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
        if (offset < 0 || length < 0 || offset + length > size) {
            throw new IllegalArgumentException(
                    "the disk has " + size + " bytes; asked for " + length + " at " + offset);
        }
    }
}
