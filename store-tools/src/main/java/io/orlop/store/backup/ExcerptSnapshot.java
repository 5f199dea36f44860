package io.orlop.store.backup;

import io.orlop.store.log.Excerpt;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.OutputStream;

/// What happened after a revision, to be restored on top of a whole snapshot.
final class ExcerptSnapshot implements Snapshot {
    private final LogView view;
    private final ExcerptHead head;

    ExcerptSnapshot(long after, LogView view, long revision) throws IOException {
        this.view = view;
        CountingStream counted = new CountingStream();
        Excerpt.write(view, after, counted);
        this.head = new ExcerptHead(after, revision, counted.bytes);
    }

    @Override
    public long size() {
        return head.bodySize();
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        out.write(head.encode());
        Excerpt.write(view, head.after(), out);
        out.write(new byte[(int) (size() - ExcerptHead.SIZE - head.bytes())]);
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
