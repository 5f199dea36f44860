package io.orlop.benchmarks.store;

import io.orlop.disk.Disk;
import io.orlop.disk.DiskFile;
import io.orlop.disk.ForwardingFile;
import java.io.IOException;
import java.util.List;

/// A disk that says that all is safe and does nothing for it: what is left is the cost of the store itself.
record CarelessDisk(Disk disk) implements Disk {
    private record CarelessFile(DiskFile file) implements ForwardingFile {
        @Override
        public void force() {}
    }

    @Override
    public List<String> names() throws IOException {
        return disk.names();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new CarelessFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new CarelessFile(disk.open(name));
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
    public void forceNames() {}

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
