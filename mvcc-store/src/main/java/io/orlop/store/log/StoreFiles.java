package io.orlop.store.log;

import io.orlop.disk.SystemDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Which names in a directory are a store's, and when a directory may be taken for a new one.
///
/// ```
///   nothing, or `lock`             new: a start may have ended before it made the first segment
///   a segment                      a store
///   anything else and no segment   not ours, or ours without its log: never new
/// ```
/// Whatever else a store makes, it makes when its first segment is safe: where `reserve` is and no segment, the log is
/// lost.
public final class StoreFiles {
    private StoreFiles() {}

    public static boolean isSegment(String name) {
        return SegmentName.parse(name) != null;
    }

    public static boolean holdsLog(List<String> names) {
        return names.stream().anyMatch(StoreFiles::isSegment);
    }

    /// Whether a store, or the making of one, may have left it.
    public static boolean isOurs(String name) {
        return isSegment(name) || name.equals(SystemDirectory.LOCK) || name.equals(Reserve.FILE) || isUnfinished(name);
    }

    /// Whether it is what a crash left of a file in the making.
    static boolean isUnfinished(String name) {
        String end = SegmentName.UNFINISHED;
        return name.equals(NextFile.NAME)
                || name.endsWith(end) && isSegment(name.substring(0, name.length() - end.length()));
    }

    /// @throws IOException if no store may begin there
    static void requireLogOrNothing(String place, List<String> names) throws IOException {
        if (holdsLog(names)) return;
        List<String> strange = new ArrayList<>(names);
        strange.remove(SystemDirectory.LOCK);
        if (strange.isEmpty()) return;
        if (strange.stream().allMatch(StoreFiles::isOurs)) {
            throw new IOException(place + " was a store's directory and its log is gone, only "
                    + String.join(", ", strange) + " is left: put the log back, restore a snapshot into another"
                    + " directory, or empty this one to begin anew");
        }
        throw new IOException(place + " has no store in it and is not empty, there is "
                + strange.stream().filter(name -> !isOurs(name)).findFirst().orElseThrow()
                + ": give the directory of a store, or an empty one, which may be a new one within it");
    }
}
