package io.orlop.store.backup;

import io.orlop.store.log.LogRecord;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.OutputStream;

/// A copy of a store in the making. It shows one moment, whatever is written, compacted or rewritten while it is sent;
/// as long as it is open, files that are replaced keep their room.
public sealed interface Snapshot extends AutoCloseable permits EtcdSnapshot, ExcerptSnapshot {
    /// Whether a change at or before the compacted revision is still needed there.
    interface Needed {
        boolean after(LogRecord change);
    }

    /// Everything, as a database of etcd. The log is read twice: once to know how large the copy is.
    ///
    /// @param view becomes the snapshot's to close
    /// @param compacted what cannot be read before this revision is left out; -1 if all can
    /// @param needed is asked before this returns, and not any more after that
    static Snapshot whole(LogView view, long compacted, Needed needed) throws IOException {
        return closedIfNot(view, () -> new EtcdSnapshot(view, compacted, needed));
    }

    /// The changes after a revision of which nothing is compacted yet. The log is read twice: once for the size.
    ///
    /// @param view becomes the snapshot's to close
    static Snapshot since(long after, LogView view, long revision) throws IOException {
        return closedIfNot(view, () -> new ExcerptSnapshot(after, view, revision));
    }

    /// Making one.
    interface Making {
        Snapshot make() throws IOException;
    }

    private static Snapshot closedIfNot(LogView view, Making making) throws IOException {
        try {
            return making.make();
        } catch (IOException | RuntimeException e) {
            view.close();
            throw e;
        }
    }

    /// How many bytes [#writeTo] writes: a multiple of 512.
    long size();

    /// Everything but the SHA-256 of it, which whoever sends it appends.
    void writeTo(OutputStream out) throws IOException;

    @Override
    void close();
}
