package io.orlop.store.watch;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Who wants to hear of which keys: of one, or of a range of them.
final class Interests<T> {
    private final Map<Octets, Set<T>> byKey = new HashMap<>();
    private final IntervalTree<T> byRange = new IntervalTree<>();

    void add(KeyRange keys, T member) {
        if (keys.isSingle())
            byKey.computeIfAbsent(keys.from(), _ -> new LinkedHashSet<>()).add(member);
        else byRange.add(keys, member);
    }

    void remove(KeyRange keys, T member) {
        if (!keys.isSingle()) {
            byRange.remove(keys, member);
            return;
        }
        Set<T> members = byKey.get(keys.from());
        if (members != null && members.remove(member) && members.isEmpty()) byKey.remove(keys.from());
    }

    /// Whom a key concerns.
    void forEach(Octets key, Consumer<? super T> action) {
        Set<T> members = byKey.get(key);
        if (members != null) members.forEach(action);
        byRange.forEach(key, action);
    }
}
