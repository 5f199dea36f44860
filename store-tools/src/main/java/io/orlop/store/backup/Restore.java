package io.orlop.store.backup;

import io.orlop.disk.Directory;
import io.orlop.disk.SystemDirectory;
import io.orlop.store.log.Excerpt;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes a data directory from a whole store, as etcd keeps it, and, if there are any, the excerpts taken after it.
public final class Restore {
    private Restore() {}

    /// @param revision where the restored store goes on from
    /// @param changes puts and deletions that the excerpts added
    /// @param hashed whether the file of the whole store had a hash, so that every byte of it is known to be right
    public record Restored(long revision, long changes, boolean hashed) {}

    /// @throws IOException if the file is no snapshot or excerpt, or not as it was written
    public static void check(Path snapshot) throws IOException {
        if (ExcerptFile.isOne(snapshot)) ExcerptFile.open(snapshot);
        else EtcdFile.open(snapshot).check();
    }

    /// @param excerpts in the order in which they were taken; they may overlap
    /// @throws IOException if something is damaged or missing; then there is no new directory
    public static Restored restore(Path snapshot, List<Path> excerpts, Path directory) throws IOException {
        if (ExcerptFile.isOne(snapshot)) {
            throw new IOException(snapshot + " holds only what happened after revision "
                    + ExcerptFile.open(snapshot).head().after() + "; give the whole snapshot from before it first");
        }
        Restored[] restored = new Restored[1];
        Directories.make(directory, making -> restored[0] = into(making, snapshot, excerpts));
        return restored[0];
    }

    /// Fills a directory that somebody else makes with a whole store.
    public static void into(Directory disk, Path snapshot) throws IOException {
        EtcdFile base = EtcdFile.open(snapshot);
        try (Rebuilding rebuilding = new Rebuilding(disk)) {
            base.replay(rebuilding.appending());
        } catch (UncheckedIOException e) {
            throw Rebuilding.failed(e);
        }
    }

    private static Restored into(Path directory, Path snapshot, List<Path> excerpts) throws IOException {
        EtcdFile base = EtcdFile.open(snapshot);
        SystemDirectory disk = new SystemDirectory(directory);
        try (Rebuilding rebuilding = new Rebuilding(disk)) {
            base.replay(rebuilding.appending());
            long whole = rebuilding.changes();
            for (Path excerpt : excerpts) append(excerpt, directory, disk, rebuilding);
            return new Restored(
                    rebuilding.revision(),
                    rebuilding.changes() - whole,
                    base.file().hashed());
        } catch (UncheckedIOException e) {
            throw Rebuilding.failed(e);
        }
    }

    private static void append(Path excerpt, Path directory, SystemDirectory disk, Rebuilding rebuilding)
            throws IOException {
        if (!ExcerptFile.isOne(excerpt)) throw new IOException(excerpt + " is a whole snapshot; restore it alone");
        ExcerptFile file = ExcerptFile.open(excerpt);
        if (file.head().after() > rebuilding.revision()) {
            throw new IOException("between revision " + rebuilding.revision() + " and what " + excerpt
                    + " holds, changes are missing: it begins after revision "
                    + file.head().after());
        }
        Path segment = directory.resolve(ExcerptFile.UNPACKED);
        file.unpack(segment);
        try (LogView view = Excerpt.open(disk, ExcerptFile.UNPACKED)) {
            view.replay(rebuilding.appending());
        }
        Files.delete(segment);
    }
}
