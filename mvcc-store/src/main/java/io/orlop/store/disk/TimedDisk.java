package io.orlop.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;

/// A disk that tells how long it takes to make things safe.
public final class TimedDisk implements Disk {
    private final Disk disk;
    private final LongConsumer tookNanos;

    public TimedDisk(Disk disk, LongConsumer tookNanos) {
        this.disk = disk;
        this.tookNanos = tookNanos;
    }

    @Override
    public List<String> names() throws IOException {
        return disk.names();
    }

    @Override
    public DiskFile create(String name) throws IOException {
        return new TimedFile(disk.create(name));
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new TimedFile(disk.open(name));
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

    private final class TimedFile implements DiskFile {
        private final DiskFile file;

        TimedFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public int read(ByteBuffer into, long position) throws IOException {
            return file.read(into, position);
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            file.write(from, position);
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void force() throws IOException {
            long start = System.nanoTime();
            file.force();
            tookNanos.accept(System.nanoTime() - start);
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
