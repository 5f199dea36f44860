package io.orlop.disk;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;

/// A disk in the heap (`malloc://`), gone with the process. Takes memory only for what was written.
public final class MemoryDisk implements Disk {
    private static final int CHUNK = 1 << 18;

    private final String uri;
    private final long size;
    private final int blockSize;
    private final AtomicReferenceArray<byte[]> chunks;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Runnable onClose;

    public MemoryDisk(long size, int blockSize) {
        this(
                "malloc:///unnamed?blk_size=%d&num_blocks=%d".formatted(blockSize, size / blockSize),
                size,
                blockSize,
                () -> {});
    }

    /// @param onClose called once
    public MemoryDisk(String uri, long size, int blockSize, Runnable onClose) {
        this.uri = uri;
        this.size = size;
        this.blockSize = blockSize;
        this.onClose = onClose;
        this.chunks = new AtomicReferenceArray<>(Math.toIntExact((size + CHUNK - 1) / CHUNK));
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int read(long offset, ByteBuffer into) {
        int count = into.remaining();
        check(offset, count);
        for (long at = offset; into.hasRemaining(); ) {
            int within = (int) (at % CHUNK);
            int length = Math.min(CHUNK - within, into.remaining());
            byte[] chunk = chunks.get((int) (at / CHUNK));
            into.put(chunk == null ? ZEROES : chunk, within, length);
            at += length;
        }
        return count;
    }

    @Override
    public void write(long offset, ByteBuffer from) {
        check(offset, from.remaining());
        for (long at = offset; from.hasRemaining(); ) {
            int within = (int) (at % CHUNK);
            int length = Math.min(CHUNK - within, from.remaining());
            from.get(chunk((int) (at / CHUNK)), within, length);
            at += length;
        }
    }

    @Override
    public void writeZeroes(long offset, long length) {
        check(offset, length);
        for (long at = offset; at < offset + length; ) {
            int within = (int) (at % CHUNK);
            int part = (int) Math.min(CHUNK - within, offset + length - at);
            int index = (int) (at / CHUNK);
            byte[] chunk = chunks.get(index);
            if (chunk != null) {
                if (part == CHUNK) chunks.set(index, null);
                else Arrays.fill(chunk, within, within + part, (byte) 0);
            }
            at += part;
        }
    }

    @Override
    public boolean discards() {
        return true;
    }

    @Override
    public void force() {}

    /// It ends with the disk.
    @Override
    public String cache() {
        return uri;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) onClose.run();
    }

    @Override
    public String toString() {
        return uri;
    }

    private static final byte[] ZEROES = new byte[CHUNK];

    private byte[] chunk(int index) {
        byte[] chunk = chunks.get(index);
        if (chunk != null) return chunk;
        chunks.compareAndSet(index, null, new byte[CHUNK]);
        byte[] made = chunks.get(index);
        return made != null ? made : chunk(index);
    }

    private void check(long offset, long length) {
        if (offset < 0 || length < 0 || length > size - offset) {
            throw new IllegalArgumentException(
                    "the disk has " + size + " bytes; asked for " + length + " at " + offset);
        }
    }
}
