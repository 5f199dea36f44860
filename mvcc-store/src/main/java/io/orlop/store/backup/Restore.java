package io.orlop.store.backup;

import io.orlop.store.disk.FileDisk;
import io.orlop.store.log.Excerpt;
import io.orlop.store.log.LogView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Makes a data directory from a snapshot and, if there are any, the excerpts taken after it.
public final class Restore {
    private Restore() {}

    /// @param revision where the restored store goes on from
    /// @param changes puts and deletions that the excerpts added
    public record Restored(long revision, long changes) {}

    /// @throws IOException if the file is no snapshot or excerpt, or not as it was written
    public static void check(Path snapshot) throws IOException {
        SnapshotFile.open(snapshot);
    }

    /// @param excerpts in the order in which they were taken; they may overlap
    /// @throws IOException if something is damaged or missing; then there is no new directory
    public static Restored restore(Path snapshot, List<Path> excerpts, Path directory) throws IOException {
        SnapshotFile base = SnapshotFile.open(snapshot);
        if (base.head().after() != 0) {
            throw new IOException(snapshot + " holds only what happened after revision "
                    + base.head().after() + "; give the whole snapshot from before it first");
        }
        Restored[] restored = new Restored[1];
        Directories.make(directory, making -> {
            base.unpack(making);
            restored[0] = follow(making, excerpts);
        });
        return restored[0];
    }

    private static Restored follow(Path directory, List<Path> excerpts) throws IOException {
        FileDisk disk = new FileDisk(directory);
        try (Rebuilding rebuilding = new Rebuilding(disk)) {
            for (Path excerpt : excerpts) append(excerpt, directory, disk, rebuilding);
            return new Restored(rebuilding.revision(), rebuilding.changes());
        }
    }

    private static void append(Path excerpt, Path directory, FileDisk disk, Rebuilding rebuilding) throws IOException {
        SnapshotFile file = SnapshotFile.open(excerpt);
        if (file.head().after() == 0) throw new IOException(excerpt + " is a whole snapshot; restore it alone");
        if (file.head().after() > rebuilding.revision()) {
            throw new IOException("between revision " + rebuilding.revision() + " and what " + excerpt
                    + " holds, changes are missing: it begins after revision "
                    + file.head().after());
        }
        file.unpack(directory);
        for (LogView.Part part : file.head().parts()) {
            try (LogView view = Excerpt.open(disk, part.file())) {
                view.replay(rebuilding.appending());
            }
            Files.delete(directory.resolve(part.file()));
        }
    }
}
