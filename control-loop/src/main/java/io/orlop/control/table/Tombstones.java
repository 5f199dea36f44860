package io.orlop.control.table;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Ids that were deleted in a revision which the watch has not passed yet, by that revision: looked at only when it
/// has. Not thread-safe.
final class Tombstones<K> {
    private final NavigableMap<Long, List<K>> byRevision = new TreeMap<>();

    void add(long revision, K id) {
        byRevision.computeIfAbsent(revision, _ -> new ArrayList<>(1)).add(id);
    }

    /// Those of revisions up to and including this one; they are forgotten here.
    List<K> passed(long revision) {
        if (byRevision.isEmpty() || byRevision.firstKey() > revision) return List.of();
        var passed = new ArrayList<K>();
        NavigableMap<Long, List<K>> head = byRevision.headMap(revision, true);
        head.values().forEach(passed::addAll);
        head.clear();
        return passed;
    }
}
