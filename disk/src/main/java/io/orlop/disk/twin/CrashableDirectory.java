package io.orlop.disk.twin;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import io.orlop.disk.DiskFullException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A directory in memory that forgets. The fault model, to which [Faults] add what goes wrong with calls:
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
public final class CrashableDirectory implements Directory {
    private final TreeMap<String, CrashableBytes> forcedNames = new TreeMap<>();
    private final TreeMap<String, CrashableBytes> names = new TreeMap<>();
    private final List<Consumer<Map<String, CrashableBytes>>> unforcedNames = new ArrayList<>();
    private final Faults faults = new Faults();
    private long callsLeft = Long.MAX_VALUE;
    private long namesUntilLoss = Long.MAX_VALUE;
    private long capacity = Long.MAX_VALUE;
    private long reads;
    private boolean crashed;
    private boolean locked;

    public static CrashableDirectory with(Fault fault) {
        CrashableDirectory directory = new CrashableDirectory();
        directory.faults.add(fault);
        return directory;
    }

    /// The power fails in the call after this many.
    public synchronized void crashAfter(long calls) {
        callsLeft = calls;
    }

    /// What else goes wrong with its files, until the process ends; ranges are those of each file.
    public Faults faults() {
        return faults;
    }

    /// The force of names after this many fails and forgets which names have changed. Those after it succeed.
    public synchronized void loseNamesAfter(long forces) {
        namesUntilLoss = forces;
    }

    /// The process has ended, in whichever call that was, and the next one finds the disk as it is.
    public synchronized CrashableDirectory afterKill() {
        callsLeft = Long.MAX_VALUE;
        faults.mend();
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
        return names.values().stream().mapToLong(CrashableBytes::size).sum();
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
    public synchronized CrashableDirectory afterPowerCut(RandomGenerator random) {
        CrashableDirectory after = new CrashableDirectory();
        after.capacity = capacity;
        int kept = unforcedNames.isEmpty() ? 0 : random.nextInt(unforcedNames.size() + 1);
        TreeMap<String, CrashableBytes> survivors = new TreeMap<>(forcedNames);
        unforcedNames.subList(0, kept).forEach(change -> change.accept(survivors));
        for (Map.Entry<String, CrashableBytes> entry : survivors.entrySet()) {
            CrashableBytes inode = entry.getValue().afterPowerCut(random, true);
            after.names.put(entry.getKey(), inode);
            after.forcedNames.put(entry.getKey(), inode);
        }
        return after;
    }

    /// Changes a bit that was forced.
    public synchronized void flip(String name, int offset) {
        flip(name, offset, 4);
    }

    public synchronized void flip(String name, int offset, int bit) {
        inode(name).rot(offset, bit);
    }

    /// Makes the sector at this offset unreadable.
    public synchronized void spoil(String name, long offset) {
        inode(name).spoil(offset);
    }

    public synchronized long size(String name) {
        return inode(name).size();
    }

    private CrashableBytes inode(String name) {
        CrashableBytes inode = names.get(name);
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
        CrashableBytes inode = new CrashableBytes(0);
        change(some -> some.put(name, inode));
        return new File(inode);
    }

    @Override
    public synchronized DiskFile open(String name) throws IOException {
        call();
        CrashableBytes inode = names.get(name);
        if (inode == null) throw new FileNotFoundException(name);
        return new File(inode);
    }

    @Override
    public synchronized void rename(String from, String to) throws IOException {
        call();
        change(some -> {
            CrashableBytes inode = some.remove(from);
            if (inode != null) some.put(to, inode);
        });
    }

    @Override
    public synchronized void delete(String name) throws IOException {
        call();
        change(some -> some.remove(name));
    }

    private void change(Consumer<Map<String, CrashableBytes>> change) {
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
        private final CrashableBytes inode;

        File(CrashableBytes inode) {
            this.inode = inode;
        }

        @Override
        public long size() {
            synchronized (CrashableDirectory.this) {
                return inode.size();
            }
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            faults.meet(Call.READ, position, into.remaining());
            synchronized (CrashableDirectory.this) {
                call();
                reads++;
                return inode.read(position, into);
            }
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            IOException broken = brokenWrite(position, from.remaining());
            synchronized (CrashableDirectory.this) {
                call();
                if (broken != null) from.limit(from.position() + from.remaining() / 2);
                long growth = position + from.remaining() - inode.size();
                boolean full = growth > usableBytes();
                if (full) from.limit(from.limit() - (int) Math.min(from.remaining(), growth - usableBytes()));
                byte[] bytes = new byte[from.remaining()];
                from.get(bytes);
                inode.write(position, bytes, _ -> true);
                if (broken != null) throw broken;
                if (full) throw new DiskFullException("no room");
            }
        }

        private @Nullable IOException brokenWrite(long position, int length) {
            try {
                faults.meet(Call.WRITE, position, length);
                return null;
            } catch (IOException e) {
                return e;
            }
        }

        @Override
        public void truncate(long size) throws IOException {
            synchronized (CrashableDirectory.this) {
                call();
                inode.truncate(size);
            }
        }

        @Override
        public void force() throws IOException {
            IOException failed = failedForce();
            synchronized (CrashableDirectory.this) {
                call();
                if (failed instanceof LostForceException) inode.lose();
                if (failed != null) throw failed;
                inode.force();
            }
        }

        private @Nullable IOException failedForce() {
            try {
                faults.meet(Call.FORCE, 0, Long.MAX_VALUE);
                return null;
            } catch (IOException e) {
                return e;
            }
        }

        @Override
        public void close() {}
    }
}
