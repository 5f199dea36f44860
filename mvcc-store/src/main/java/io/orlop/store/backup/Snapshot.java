package io.orlop.store.backup;

import io.orlop.store.log.Excerpt;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// A copy of a store in the making. It shows one moment, whatever is written, compacted or rewritten while it is sent;
/// as long as it is open, files that are replaced keep their room.
public final class Snapshot implements AutoCloseable {
    private static final int COPIED_BYTES = 256 * 1024;

    private final LogView view;
    private final SnapshotHead head;

    private Snapshot(LogView view, SnapshotHead head) {
        this.view = view;
        this.head = head;
    }

    /// @param view becomes the snapshot's to close
    public static Snapshot whole(LogView view, long revision) {
        return new Snapshot(view, new SnapshotHead(0, revision, view.parts()));
    }

    /// The changes after a revision of which nothing is compacted yet. The log is read twice: once for the size.
    ///
    /// @param view becomes the snapshot's to close
    public static Snapshot since(long after, LogView view, long revision) throws IOException {
        try {
            CountingStream counted = new CountingStream();
            Excerpt.write(view, after, counted);
            List<LogView.Part> parts = List.of(new LogView.Part("changes", counted.bytes));
            return new Snapshot(view, new SnapshotHead(after, revision, parts));
        } catch (IOException | RuntimeException e) {
            view.close();
            throw e;
        }
    }

    /// How many bytes [#writeTo] writes: a multiple of 512.
    public long size() {
        return head.bodySize();
    }

    /// Everything but the SHA-256 of it, which whoever sends it appends.
    public void writeTo(OutputStream out) throws IOException {
        out.write(head.encode());
        long written = head.size();
        for (int i = 0; i < head.parts().size(); i++) {
            if (head.after() == 0) copy(i, head.parts().get(i).bytes(), out);
            else Excerpt.write(view, head.after(), out);
            written += head.parts().get(i).bytes();
        }
        out.write(new byte[(int) (size() - written)]);
    }

    private void copy(int part, long bytes, OutputStream out) throws IOException {
        byte[] some = new byte[(int) Math.min(COPIED_BYTES, bytes)];
        for (long at = 0; at < bytes; at += some.length) {
            int count = (int) Math.min(some.length, bytes - at);
            view.read(part, at, ByteBuffer.wrap(some, 0, count));
            out.write(some, 0, count);
        }
    }

    @Override
    public void close() {
        view.close();
    }

    private static final class CountingStream extends OutputStream {
        private long bytes;

        @Override
        public void write(int one) {
            bytes++;
        }

        @Override
        public void write(byte[] some, int from, int count) {
            bytes += count;
        }
    }
}
