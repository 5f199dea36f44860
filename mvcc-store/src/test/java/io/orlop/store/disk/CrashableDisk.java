package io.orlop.store.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
/// * There may be room for only so many bytes, and others may take them: a write that finds no more has written what
///   fitted.
public final class CrashableDisk implements Disk {
    private static final int SECTOR = 512;

    private static final class Inode {
        private byte[] forced = new byte[0];
        private byte[] current = new byte[0];
    }

    private final TreeMap<String, Inode> forcedNames = new TreeMap<>();
    private final TreeMap<String, Inode> names = new TreeMap<>();
    private final List<Runnable> unforcedNames = new ArrayList<>();
    private long callsLeft = Long.MAX_VALUE;
    private long forcesLeft = Long.MAX_VALUE;
    private long writesLeft = Long.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private long reads;
    private boolean crashed;
    private boolean locked;

    /// The power fails in the call after this many.
    public void crashAfter(long calls) {
        callsLeft = calls;
    }

    public void failForceAfter(long forces) {
        forcesLeft = forces;
    }

    public void failWriteAfter(long writes) {
        writesLeft = writes;
    }

    /// There is room for this many bytes in all, now and after a power cut.
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /// The bytes of all files.
    public long used() {
        return names.values().stream().mapToLong(inode -> inode.current.length).sum();
    }

    @Override
    public long usableBytes() {
        return capacity == Long.MAX_VALUE ? capacity : Math.max(0, capacity - used());
    }

    /// How often somebody read.
    public long reads() {
        return reads;
    }

    public boolean hasCrashed() {
        return crashed;
    }

    private void call() throws IOException {
        if (crashed || callsLeft-- <= 0) {
            crashed = true;
            throw new IOException("the power is off");
        }
    }

    /// What is there when the power comes back.
    public CrashableDisk afterPowerCut(RandomGenerator random) {
        CrashableDisk after = new CrashableDisk();
        after.capacity = capacity;
        int kept = unforcedNames.isEmpty() ? 0 : random.nextInt(unforcedNames.size() + 1);
        names.clear();
        names.putAll(forcedNames);
        unforcedNames.subList(0, kept).forEach(Runnable::run);
        for (Map.Entry<String, Inode> entry : names.entrySet()) {
            Inode inode = new Inode();
            inode.forced = survived(entry.getValue(), random);
            inode.current = inode.forced.clone();
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
            if (random.nextInt(keepOneIn + 1) == 0) continue;
            int count = Math.min(SECTOR, length - sector);
            if (random.nextInt(8) == 0) count = random.nextInt(count + 1);
            count = Math.min(count, inode.current.length - sector);
            if (count > 0) System.arraycopy(inode.current, sector, bytes, sector, count);
        }
        return bytes;
    }

    /// Changes a byte that was forced.
    public void flip(String name, int offset) {
        Inode inode = names.get(name);
        if (inode == null) throw new IllegalArgumentException(name);
        inode.forced[offset] ^= 0x10;
        inode.current[offset] ^= 0x10;
    }

    @Override
    public List<String> names() throws IOException {
        call();
        return List.copyOf(names.keySet());
    }

    @Override
    public DiskFile create(String name) throws IOException {
        call();
        if (names.containsKey(name)) throw new FileAlreadyExistsException(name);
        Inode inode = new Inode();
        change(() -> names.put(name, inode));
        return new File(inode);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        call();
        Inode inode = names.get(name);
        if (inode == null) throw new FileNotFoundException(name);
        return new File(inode);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        call();
        change(() -> {
            Inode inode = names.remove(from);
            if (inode != null) names.put(to, inode);
        });
    }

    @Override
    public void delete(String name) throws IOException {
        call();
        change(() -> names.remove(name));
    }

    private void change(Runnable change) {
        change.run();
        unforcedNames.add(change);
    }

    @Override
    public void forceNames() throws IOException {
        call();
        forcedNames.clear();
        forcedNames.putAll(names);
        unforcedNames.clear();
    }

    @Override
    public AutoCloseable lock() throws IOException {
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
            return inode.current.length;
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            call();
            reads++;
            int count = (int) Math.max(0, Math.min(into.remaining(), inode.current.length - position));
            into.put(inode.current, (int) position, count);
            return count;
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            call();
            boolean broken = writesLeft-- <= 0;
            if (broken) from.limit(from.position() + from.remaining() / 2);
            long growth = position + from.remaining() - inode.current.length;
            boolean full = growth > usableBytes();
            if (full) from.limit(from.limit() - (int) Math.min(from.remaining(), growth - usableBytes()));
            int end = (int) position + from.remaining();
            if (end > inode.current.length) inode.current = Arrays.copyOf(inode.current, end);
            from.get(inode.current, (int) position, from.remaining());
            if (broken) throw new IOException("input/output error");
            if (full) throw new DiskFullException("no room");
        }

        @Override
        public void truncate(long size) throws IOException {
            call();
            if (size < inode.current.length) inode.current = Arrays.copyOf(inode.current, (int) size);
        }

        @Override
        public void force() throws IOException {
            call();
            if (forcesLeft-- <= 0) throw new IOException("the disk cannot write");
            inode.forced = inode.current.clone();
        }

        @Override
        public void close() {}
    }
}
