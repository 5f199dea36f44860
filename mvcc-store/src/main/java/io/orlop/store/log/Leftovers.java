package io.orlop.store.log;

import io.orlop.disk.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// Files of segments that are there although another speaks for them: older generations, and segments of which nothing
/// is left (see [EmptyRow]), which may have older generations of their own.
/// ```
///     1-0, 1-1    older than 1-2
///     1-2         says that nothing is left of 1 … 300
///   121-0         older than 121-1: goes before it. What it says is not so any more, and alone it would contradict 1-2
///   121-1         covered by 1-2
/// ```
/// All of them stay until what speaks for them is known to be on the disk.
final class Leftovers {
    private final TreeMap<Long, TreeSet<SegmentName>> generations = new TreeMap<>();
    private final List<SegmentName> covered = new ArrayList<>();

    /// @param names of all files, of which others than segments do not count
    Leftovers(List<String> names) {
        for (String file : names) {
            SegmentName name = SegmentName.parse(file);
            if (name == null) continue;
            generations
                    .computeIfAbsent(name.firstSequence(), _ -> new TreeSet<>())
                    .add(name);
        }
    }

    /// Of each segment the generation that counts.
    List<SegmentName> newest() {
        return generations.values().stream().map(TreeSet::last).toList();
    }

    /// The generations before this one, the oldest first.
    List<SegmentName> olderThan(SegmentName name) {
        TreeSet<SegmentName> all = generations.get(name.firstSequence());
        return all == null ? List.of() : List.copyOf(all.headSet(name));
    }

    /// Another segment says that nothing is left of this one.
    void isCovered(SegmentName name) {
        covered.add(name);
    }

    void removeOlderThan(SegmentName name, Directory disk) throws IOException {
        for (SegmentName older : olderThan(name)) disk.delete(older.file());
    }

    /// Wherever that ends, no generation is without the newer one that takes back what it says.
    void removeCovered(Directory disk) throws IOException {
        for (SegmentName name : covered) removeOlderThan(name, disk);
        boolean hadOlder = covered.stream().anyMatch(name -> !olderThan(name).isEmpty());
        if (hadOlder) disk.forceNames();
        for (SegmentName name : covered) disk.delete(name.file());
    }
}
