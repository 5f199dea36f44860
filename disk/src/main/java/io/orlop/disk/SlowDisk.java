package io.orlop.disk;

import java.io.IOException;

/// A disk of which each file does something whenever it is forced, and whenever it is read.
public record SlowDisk(Disk disk, Runnable whenForced, Runnable whenRead) implements ForwardingDisk {
    public SlowDisk(Disk disk, Runnable whenForced) {
        this(disk, whenForced, () -> {});
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new Slowed(disk.create(name), whenForced, whenRead);
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new Slowed(disk.open(name), whenForced, whenRead);
    }
}
