package io.orlop.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// A disk in memory that forgets. The fault model:
///
/// * What was forced is there after a power cut. Of what was written and not forced, each sector of 512 bytes is there
///   or is not, in any combination; one may be torn in the middle; the file's length is anything between.
/// * Names that were forced are there. Of names made, changed or removed since, any number of the oldest changes is
///   there.
/// * The power may fail in any call, before it did anything; every later call fails.
/// * A force may fail without a power cut, and then nobody knows what it wrote. So may a write, which has then written
///   some of what it should.
/// * A force that fails may also forget, as Linux does: what it did not write counts as written and reads back until
///   the power fails, and the next force has nothing to do with it and succeeds. So may a force of names.
/// * A process may end, and the disk goes on: what was not forced reads back, and can still be forced.
/// * A sector may be unreadable, or a bit of it changed.
/// * There may be room for only so many bytes, and others may take them: a write that finds no more has written what
///   fitted.
///
/// Any thread may use it.
public final class CrashableDisk implements Disk {
    private static final int SECTOR = 512;

    private static final class Inode {
        private byte[] forced = new byte[0];
        private byte[] current = new byte[0];

        /// Sectors that the next force writes.
        private final BitSet dirty = new BitSet();

        private final TreeSet<Long> unreadable = new TreeSet<>();

        private void force() {
            byte[] bytes = Arrays.copyOf(forced, current.length);
            dirty.stream().forEach(sector -> {
                int from = sector * SECTOR;
                int count = Math.min(SECTOR, bytes.length - from);
                if (count > 0) System.arraycopy(current, from, bytes, from, count);
            });
            forced = bytes;
            dirty.clear();
        }
    }

    private final TreeMap<String, Inode> forcedNames = new TreeMap<>();
    private final TreeMap<String, Inode> names = new TreeMap<>();
    private final List<Consumer<Map<String, Inode>>> unforcedNames = new ArrayList<>();
    private long callsLeft = Long.MAX_VALUE;
    private long forcesLeft = Long.MAX_VALUE;
    private long writesLeft = Long.MAX_VALUE;
    private long forcesUntilLoss = Long.MAX_VALUE;
    private long namesUntilLoss = Long.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private long reads;
    private boolean crashed;
    private boolean locked;

    /// The power fails in the call after this many.
    public synchronized void crashAfter(long calls) {
        callsLeft = calls;
    }

    public synchronized void failForceAfter(long forces) {
        forcesLeft = forces;
    }

    public synchronized void failWriteAfter(long writes) {
        writesLeft = writes;
    }

    /// The force of a file after this many fails and forgets what it should have written. Those after it succeed.
    public synchronized void loseForceAfter(long forces) {
        forcesUntilLoss = forces;
    }

    /// The force of names after this many fails and forgets which names have changed. Those after it succeed.
    public synchronized void loseNamesAfter(long forces) {
        namesUntilLoss = forces;
    }

    /// The process has ended, in whichever call that was, and the next one finds the disk as it is.
    public synchronized CrashableDisk afterKill() {
        callsLeft = Long.MAX_VALUE;
        forcesLeft = Long.MAX_VALUE;
        writesLeft = Long.MAX_VALUE;
        forcesUntilLoss = Long.MAX_VALUE;
        namesUntilLoss = Long.MAX_VALUE;
        crashed = false;
        locked = false;
        return this;
    }

    /// There is room for this many bytes in all, now and after a power cut.
    public synchronized void capacity(long bytes) {
        capacity = bytes;
    }

    /// The bytes of all files.
    public synchronized long used() {
        return names.values().stream().mapToLong(inode -> inode.current.length).sum();
    }

    @Override
    public synchronized long usableBytes() {
        return capacity == Long.MAX_VALUE ? capacity : Math.max(0, capacity - used());
    }

    /// How often somebody read.
    public synchronized long reads() {
        return reads;
    }

    public synchronized boolean hasCrashed() {
        return crashed;
    }

    private void call() throws IOException {
        if (crashed || callsLeft-- <= 0) {
            crashed = true;
            throw new IOException("the power is off");
        }
    }

    /// What would be there if the power failed now and came back. This disk goes on as it is.
    public synchronized CrashableDisk afterPowerCut(RandomGenerator random) {
        CrashableDisk after = new CrashableDisk();
        after.capacity = capacity;
        int kept = unforcedNames.isEmpty() ? 0 : random.nextInt(unforcedNames.size() + 1);
        TreeMap<String, Inode> survivors = new TreeMap<>(forcedNames);
        unforcedNames.subList(0, kept).forEach(change -> change.accept(survivors));
        for (Map.Entry<String, Inode> entry : survivors.entrySet()) {
            Inode inode = new Inode();
            inode.forced = survived(entry.getValue(), random);
            inode.current = inode.forced.clone();
            inode.unreadable.addAll(entry.getValue().unreadable);
            after.names.put(entry.getKey(), inode);
            after.forcedNames.put(entry.getKey(), inode);
        }
        return after;
    }

    private static byte[] survived(Inode inode, RandomGenerator random) {
        int shorter = Math.min(inode.forced.length, inode.current.length);
        int longer = Math.max(inode.forced.length, inode.current.length);
        int length = random.nextInt(3) == 0 ? longer : shorter + random.nextInt(longer - shorter + 1);
        byte[] bytes = Arrays.copyOf(inode.forced, length);
        int keepOneIn = 1 + random.nextInt(3);
        for (int sector = 0; sector < length; sector += SECTOR) {
            if (random.nextInt(keepOneIn + 1) == 0 || !inode.dirty.get(sector / SECTOR)) continue;
            int count = Math.min(SECTOR, length - sector);
            if (random.nextInt(8) == 0) count = random.nextInt(count + 1);
            count = Math.min(count, inode.current.length - sector);
            if (count > 0) System.arraycopy(inode.current, sector, bytes, sector, count);
        }
        return bytes;
    }

    /// Changes a bit that was forced.
    public synchronized void flip(String name, int offset) {
        flip(name, offset, 4);
    }

    public synchronized void flip(String name, int offset, int bit) {
        Inode inode = inode(name);
        inode.forced[offset] ^= (byte) (1 << bit);
        inode.current[offset] ^= (byte) (1 << bit);
    }

    /// Makes the sector at this offset unreadable.
    public synchronized void spoil(String name, long offset) {
        inode(name).unreadable.add(offset / SECTOR);
    }

    public synchronized long size(String name) {
        return inode(name).current.length;
    }

    private Inode inode(String name) {
        Inode inode = names.get(name);
        if (inode == null) throw new IllegalArgumentException(name);
        return inode;
    }

    @Override
    public synchronized List<String> names() throws IOException {
        call();
        return List.copyOf(names.keySet());
    }

    @Override
    public synchronized DiskFile create(String name) throws IOException {
        call();
        if (names.containsKey(name)) throw new FileAlreadyExistsException(name);
        Inode inode = new Inode();
        change(some -> some.put(name, inode));
        return new File(inode);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        call();
        Inode inode = names.get(name);
        if (inode == null) throw new FileNotFoundException(name);
        return new File(inode);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        call();
        change(some -> {
            Inode inode = some.remove(from);
            if (inode != null) some.put(to, inode);
        });
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        call();
        change(some -> some.remove(name));
    }

    private void change(Consumer<Map<String, Inode>> change) {
        change.accept(names);
        unforcedNames.add(change);
    }

    @Override
    public synchronized void forceNames() throws IOException {
        call();
        if (namesUntilLoss-- == 0) {
            unforcedNames.clear();
            throw new IOException("the disk cannot write the names");
        }
        unforcedNames.forEach(change -> change.accept(forcedNames));
        unforcedNames.clear();
    }

    @Override
    public synchronized AutoCloseable lock() throws IOException {
        if (locked) throw new IOException("another process uses the store");
        locked = true;
        return () -> locked = false;
    }

    @Override
    public String place() {
        return "memory";
    }

    private final class File implements DiskFile {
        private final Inode inode;

        File(Inode inode) {
            this.inode = inode;
        }

        @Override
        public long size() {
            synchronized (CrashableDisk.this) {
                return inode.current.length;
            }
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            synchronized (CrashableDisk.this) {
                call();
                reads++;
                int count = (int) Math.max(0, Math.min(into.remaining(), inode.current.length - position));
                Long bad = inode.unreadable.ceiling(position / SECTOR);
                if (bad != null && count > 0 && bad * SECTOR < position + count) {
                    throw new IOException("input/output error");
                }
                into.put(inode.current, (int) position, count);
                return count;
            }
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            synchronized (CrashableDisk.this) {
                call();
                boolean broken = writesLeft-- <= 0;
                if (broken) from.limit(from.position() + from.remaining() / 2);
                long growth = position + from.remaining() - inode.current.length;
                boolean full = growth > usableBytes();
                if (full) from.limit(from.limit() - (int) Math.min(from.remaining(), growth - usableBytes()));
                int end = (int) position + from.remaining();
                int before = inode.current.length;
                if (end > inode.current.length) inode.current = Arrays.copyOf(inode.current, end);
                inode.dirty.set((int) Math.min(position, before) / SECTOR, (end + SECTOR - 1) / SECTOR);
                from.get(inode.current, (int) position, from.remaining());
                if (broken) throw new IOException("input/output error");
                if (full) throw new DiskFullException("no room");
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (CrashableDisk.this) {
                call();
                if (size < inode.current.length) inode.current = Arrays.copyOf(inode.current, (int) size);
            }
        }

        @Override
        public void force() throws IOException {
            synchronized (CrashableDisk.this) {
                call();
                if (forcesLeft-- <= 0) throw new IOException("the disk cannot write");
                if (forcesUntilLoss-- == 0) {
                    inode.dirty.clear();
                    throw new IOException("the disk cannot write");
                }
                inode.force();
            }
        }

        @Override
        public void close() {}
    }
}
