package io.orlop.model;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// Maps of records are sorted copies: `Map.copyOf` iterates in another order on every run.
final class Copies {
    private Copies() {}

    static <K extends Comparable<K>, V> SortedMap<K, V> sorted(Map<K, V> map) {
        if (map.isEmpty()) return Collections.emptySortedMap();
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
