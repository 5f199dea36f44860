package io.orlop.disk;

import java.io.IOException;
import java.util.List;

/// Another disk, of which no force of names counts any more after one has failed. What that one should have written
/// counts as written from then on, whoever asked for it: the next force has nothing to do with it and succeeds.
/// ```
///   one thread      rename a ─────► force: fails
///   another              rename b ──────────────► force: succeeds, and says nothing of b
/// ```
public final class UnforgivingDisk implements Disk {
    private final Disk disk;
    private volatile boolean failed;

    public UnforgivingDisk(Disk disk) {
        this.disk = disk;
    }

    @Override
    public List<String> names() throws IOException {
        return disk.names();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return disk.create(name);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return disk.open(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void forceNames() throws IOException {
        try {
            disk.forceNames();
        } catch (IOException e) {
            failed = true;
            throw e;
        }
        // Looked at afterwards: it may have failed for another while this one was under way.
        if (failed) throw new IOException("the names in " + disk.place() + " could not be made safe before");
    }

    @Override
    public AutoCloseable lock() throws IOException {
        return disk.lock();
    }

    @Override
    public long usableBytes() throws IOException {
        return disk.usableBytes();
    }

    @Override
    public String place() {
        return disk.place();
    }
}
