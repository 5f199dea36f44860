package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Makes a disk blank, as [DiskContent] judges it: zeroes at its [Ends]. What is between them stays, and is nobody's.
///
/// ```
///   a pool ─► the first page says that it is nobody's ─► the rest of the ends ─► zeroes in the first page
///                                              (forced)               (forced)                 (forced)
/// ```
///
/// From the first step on the disk is blank, whenever the power fails: half a pool is never found. Who makes a pool
/// begins so as well, and writes its header last.
public final class Erasure {
    private static final byte[] NOBODYS = "ORLOP: nobody's, yet or any more\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PIECE = 1 << 16;

    private Erasure() {}

    public static void of(Disk disk) throws IOException {
        long page = Math.min(disk.size(), PoolHeader.PAGE);
        if (page == PoolHeader.PAGE) begin(disk);
        zero(disk, page, Math.min(disk.size(), Ends.HEAD));
        zero(disk, Math.max(page, Ends.tailOf(disk.size())), disk.size());
        disk.force();
        disk.writeZeroes(0, page);
        disk.force();
    }

    /// From here on the disk is blank, whatever is on it.
    static void begin(Disk disk) throws IOException {
        disk.write(0, ByteBuffer.allocate(PoolHeader.PAGE).put(0, NOBODYS));
        disk.force();
    }

    static boolean isNobodys(ByteBuffer page) {
        return ByteBuffer.wrap(NOBODYS).equals(page.slice(0, NOBODYS.length));
    }

    /// Only what is not zero: of a file that has no room there, none is taken.
    private static void zero(Disk disk, long from, long to) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(PIECE);
        ByteBuffer zeroes = ByteBuffer.allocate(PIECE);
        for (long at = from; at < to; at += PIECE) {
            int length = (int) Math.min(PIECE, to - at);
            if (!isZero(disk, at, piece.clear().limit(length), zeroes.clear().limit(length))) {
                disk.writeZeroes(at, length);
            }
        }
    }

    private static boolean isZero(Disk disk, long at, ByteBuffer piece, ByteBuffer zeroes) {
        try {
            disk.read(at, piece);
            return piece.flip().equals(zeroes);
        } catch (IOException unreadable) {
            // It may be readable once it is written.
            return false;
        }
    }
}
