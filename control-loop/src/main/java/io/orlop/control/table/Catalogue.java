package io.orlop.control.table;

import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// What is looked up by its key far more often than it changes, and walked through in the order of the keys. A look
/// costs the same however much there is; among a hundred thousand, a search by comparing costs twenty misses of the
/// processor's cache.
///
/// Readers take no lock: a walk sees what changes meanwhile, or not. Whoever changes it sees to it that nobody else
/// does.
public final class Catalogue<K, V> {
    private final Map<K, V> byKey = new ConcurrentHashMap<>();
    private final NavigableMap<K, V> inOrder;

    /// In the natural order of its keys.
    public static <K extends Comparable<K>, V> Catalogue<K, V> sorted() {
        return new Catalogue<>(new ConcurrentSkipListMap<>());
    }

    /// @param empty keeps the order, and is this catalogue's from now on
    public Catalogue(ConcurrentSkipListMap<K, V> empty) {
        this.inOrder = empty;
    }

    public @Nullable V get(K key) {
        return byKey.get(key);
    }

    /// @return what was there before
    public @Nullable V put(K key, V value) {
        inOrder.put(key, value);
        return byKey.put(key, value);
    }

    /// @return what was there before
    public @Nullable V remove(K key) {
        inOrder.remove(key);
        return byKey.remove(key);
    }

    /// To be walked through, and not to be changed.
    public NavigableMap<K, V> inOrder() {
        return inOrder;
    }
}
