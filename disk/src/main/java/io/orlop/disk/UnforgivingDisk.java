package io.orlop.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Another disk, of which no force counts any more after one has failed. A system tells of what it could not write
/// once, to whoever asks first: the next force has nothing to do with it and succeeds.
///
/// ```
///   one thread      write a ─────► force: fails
///   another              write b ──────────────► force: succeeds, and says nothing of b
/// ```
public final class UnforgivingDisk implements Disk {
    private final Disk disk;
    private final ReentrantLock forcing = new ReentrantLock();
    private @Nullable IOException failed;

    public UnforgivingDisk(Disk disk) {
        this.disk = disk;
    }

    /// For who needs nothing of what was written so far.
    public Disk disk() {
        return disk;
    }

    @Override
    public void force() throws IOException {
        forcing(disk::force);
    }

    @Override
    public void forget() throws IOException {
        forcing(disk::forget);
    }

    private interface Forcing {
        void run() throws IOException;
    }

    /// One at a time: who is told that it succeeded must not overtake who was told that it failed.
    private void forcing(Forcing one) throws IOException {
        forcing.lock();
        try {
            one.run();
            if (failed != null) throw new IOException("a force of " + disk + " failed before", failed);
        } catch (IOException e) {
            if (failed == null) failed = e;
            throw e;
        } finally {
            forcing.unlock();
        }
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public int blockSize() {
        return disk.blockSize();
    }

    @Override
    public int read(long offset, ByteBuffer into) throws IOException {
        return disk.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        disk.write(offset, from);
    }

    @Override
    public void writeZeroes(long offset, long length) throws IOException {
        disk.writeZeroes(offset, length);
    }

    @Override
    public boolean discards() {
        return disk.discards();
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        disk.discard(offset, length);
    }

    @Override
    public String cache() {
        return disk.cache();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }

    @Override
    public String toString() {
        return disk.toString();
    }
}
