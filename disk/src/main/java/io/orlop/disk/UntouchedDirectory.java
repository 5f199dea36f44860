package io.orlop.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Another disk that is only looked at: what one would delete is merely not seen any more, what one would cut is cut
/// for the reader, and what one would create is kept in memory.
public final class UntouchedDirectory implements Directory {
    private final Directory real;
    private final Set<String> hidden = new HashSet<>();
    private final Map<String, Scratch> created = new HashMap<>();

    public UntouchedDirectory(Directory real) {
        this.real = real;
    }

    @Override
    public List<String> names() throws IOException {
        List<String> names = new ArrayList<>(real.names());
        names.removeAll(hidden);
        names.addAll(created.keySet());
        names.sort(null);
        return List.copyOf(names);
    }

    @Override
    public DiskFile create(String name) {
        Scratch scratch = new Scratch();
        created.put(name, scratch);
        return scratch;
    }

    @Override
    public DiskFile open(String name) throws IOException {
        DiskFile scratch = created.get(name);
        return scratch != null ? scratch : new Looking(real.open(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Scratch scratch = created.remove(from);
        if (scratch == null) throw new IOException(from + " is only looked at");
        created.put(to, scratch);
    }

    @Override
    public void delete(String name) {
        if (created.remove(name) == null) hidden.add(name);
    }

    @Override
    public void forceNames() {}

    @Override
    public AutoCloseable lock() throws IOException {
        return real.lock();
    }

    @Override
    public long usableBytes() throws IOException {
        return real.usableBytes();
    }

    @Override
    public String place() {
        return real.place();
    }

    private static final class Looking implements DiskFile {
        private final DiskFile file;
        private long end = Long.MAX_VALUE;

        Looking(DiskFile file) {
            this.file = file;
        }

        @Override
        public long size() {
            return Math.min(end, file.size());
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            long rest = Math.max(0, size() - position);
            if (into.remaining() > rest) into.limit(into.position() + (int) rest);
            return file.read(position, into);
        }

        /// What is there already may be written again.
        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            ByteBuffer there = ByteBuffer.allocate(from.remaining());
            read(position, there);
            if (!there.flip().equals(from)) throw new IOException("the file is only looked at");
            from.position(from.limit());
        }

        @Override
        public void truncate(long size) {
            end = Math.min(end, size);
        }

        @Override
        public void force() {}

        @Override
        public void close() throws IOException {
            file.close();
        }
    }

    private static final class Scratch implements DiskFile {
        private byte[] bytes = new byte[0];
        private boolean closed;

        @Override
        public long size() {
            return bytes.length;
        }

        @Override
        public int read(long position, ByteBuffer into) throws IOException {
            if (closed) throw new ClosedChannelException();
            int count = Math.clamp(bytes.length - position, 0, into.remaining());
            into.put(bytes, (int) position, count);
            return count;
        }

        @Override
        public void write(long position, ByteBuffer from) throws IOException {
            if (closed) throw new ClosedChannelException();
            int end = Math.toIntExact(position + from.remaining());
            if (end > bytes.length) bytes = Arrays.copyOf(bytes, end);
            from.get(bytes, (int) position, from.remaining());
        }

        @Override
        public void truncate(long size) {
            if (size < bytes.length) bytes = Arrays.copyOf(bytes, (int) size);
        }

        @Override
        public void force() {}

        @Override
        public void close() {
            closed = true;
        }
    }
}
