package io.orlop.disk;

import java.io.IOException;
import java.util.List;

/// A disk of which each file does something whenever it is forced, and whenever it is read.
public record SlowDisk(Disk disk, Runnable whenForced, Runnable whenRead) implements Disk {
    public SlowDisk(Disk disk, Runnable whenForced) {
        this(disk, whenForced, () -> {});
    }

    @Override
    public List<String> names() throws IOException {
        return disk.names();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new Slowed(disk.create(name), whenForced, whenRead);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new Slowed(disk.open(name), whenForced, whenRead);
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
        disk.forceNames();
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
