package io.orlop.store.backup;

import io.orlop.store.engine.Maintenance;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.OutputStream;

/// A copy of a store in the making. It shows one moment, whatever is written, compacted or rewritten while it is sent;
/// as long as it is open, files that are replaced keep their room.
public sealed interface Snapshot extends AutoCloseable permits EtcdSnapshot, ExcerptSnapshot {
    /// Everything, as a database of etcd, as it is now, with the history that is not compacted. The log is read twice:
    /// once to know how large the copy is.
    static Snapshot of(Maintenance store) throws IOException {
        return store.copy(
                (view, compacted, needed) -> closedIfNot(view, () -> new EtcdSnapshot(view, compacted, needed)));
    }

    /// The changes after a revision, as far as nothing of it is compacted. The log is read twice: once for the size.
    static Snapshot since(long revision, Maintenance store) throws IOException {
        return store.copySince(
                revision, (after, view, now) -> closedIfNot(view, () -> new ExcerptSnapshot(after, view, now)));
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
