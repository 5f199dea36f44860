package io.orlop.store.log;

import io.orlop.disk.Directory;
import io.orlop.disk.DiskFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The file of the segment after the one that grows, made ahead, so that the writer need not wait for it: it is there,
/// as long as a segment's first growth, and safe, under a name that no start takes for a segment's. A start removes
/// what is left of it.
/// ```
///   wanted ──► being made ──► ready ──► taken, and named for its segment: wanted again
///     └────────── no room ◄──┘            the writer, who makes a file itself if none is ready
/// ```
final class NextFile {
    static final String NAME = "next" + SegmentName.UNFINISHED;

    private final Directory disk;
    private final long bytes;
    private volatile boolean wanted = true;
    private volatile @Nullable DiskFile ready;

    /// @param bytes how long it is
    NextFile(Directory disk, long bytes) {
        this.disk = disk;
        this.bytes = bytes;
    }

    /// Makes it if it is wanted. If that fails, the writer will see what is wrong.
    ///
    /// @param room whether the disk has enough of it
    void prepare(boolean room) {
        if (!wanted || !room) return;
        wanted = false;
        try {
            if (disk.names().contains(NAME)) disk.delete(NAME);
            ready = made();
        } catch (IOException e) {
            wanted = true;
        }
    }

    private DiskFile made() throws IOException {
        DiskFile file = disk.create(NAME);
        try {
            Zeros.write(file, 0, bytes);
            file.force();
            disk.forceNames();
            return file;
        } catch (IOException e) {
            // Another is made the next time, not this one forced again: that would prove nothing.
            file.close();
            throw e;
        }
    }

    boolean isReady() {
        return ready != null;
    }

    /// A segment's file, empty but for its head, safe under its name. Only the writer takes it, when it is ready.
    DiskFile take(SegmentName name, Writing head) throws IOException {
        DiskFile file = ready;
        if (file == null) throw new IllegalStateException("it is not ready");
        head.write(file);
        file.force();
        disk.rename(NAME, name.file());
        disk.forceNames();
        ready = null;
        wanted = true;
        return file;
    }

    interface Writing {
        void write(DiskFile file) throws IOException;
    }

    /// Nobody will want it.
    void close() throws IOException {
        DiskFile file = ready;
        ready = null;
        if (file == null) return;
        file.close();
        disk.delete(NAME);
    }
}
