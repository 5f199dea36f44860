package io.orlop.disk;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.util.Arrays;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What of a file the operating system has in memory, to be read without asking it. Pieces are mapped when somebody
/// wants to read there, and only where the file is written up to their end.
/// ```
///   file      │ written                                  │ not yet
///   pieces    │ mapped  │ mapped  │         │ mapped  │
/// ```
final class Mapping {
    private static final int PIECE_LOG = 20;
    private static final long PIECE_BYTES = 1L << PIECE_LOG;

    private final Arena arena = Arena.ofShared();
    private final ReentrantLock adding = new ReentrantLock();
    private volatile @Nullable MemorySegment[] pieces = new MemorySegment[0];
    private boolean closed;

    /// @param written how far the file is written for sure
    /// @return the bytes from a position to the end of its piece; null if they are not in memory. Looking into them
    ///     after the mapping was closed is an [IllegalStateException].
    @Nullable
    MemorySegment from(long position, FileChannel channel, long written) throws IOException {
        int number = (int) (position >>> PIECE_LOG);
        if ((number + 1L) << PIECE_LOG > written) return null;
        @Nullable MemorySegment[] known = pieces;
        MemorySegment piece = number < known.length ? known[number] : null;
        if (piece == null) piece = add(number, channel);
        return piece == null ? null : piece.asSlice(position & PIECE_BYTES - 1);
    }

    private @Nullable MemorySegment add(int number, FileChannel channel) throws IOException {
        adding.lock();
        try {
            if (closed) return null;
            @Nullable MemorySegment[] more = Arrays.copyOf(pieces, Math.max(number + 1, pieces.length));
            MemorySegment known = more[number];
            if (known != null) return known;
            MemorySegment piece =
                    channel.map(FileChannel.MapMode.READ_ONLY, (long) number << PIECE_LOG, PIECE_BYTES, arena);
            more[number] = piece;
            pieces = more;
            return piece;
        } finally {
            adding.unlock();
        }
    }

    boolean isEmpty() {
        return pieces.length == 0;
    }

    void close() {
        adding.lock();
        try {
            if (closed) return;
            closed = true;
            arena.close();
        } finally {
            adding.unlock();
        }
    }
}
