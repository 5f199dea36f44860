package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/// Zeros where frames will be: room that is there, not only said to be.
final class Zeros {
    /// What the operating system was given in one piece it keeps in one piece, and counts as written whenever something
    /// in it is: no more than a page.
    private static final ByteBuffer PAGE = ByteBuffer.allocateDirect(4 << 10).asReadOnlyBuffer();

    private Zeros() {}

    static void write(DiskFile file, long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            // The first goes to the end of a page.
            int count = (int) Math.min(PAGE.capacity() - at % PAGE.capacity(), to - at);
            file.write(at, PAGE.duplicate().limit(count));
            at += count;
        }
    }
}
