package io.orlop.store.history;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Every key that has a history, in order. One thread writes, any thread reads: a reader sees the index as of a
/// revision because it asks each history for that revision, and the writer only adds later ones.
public final class KeyIndex {
    private final ConcurrentSkipListMap<Octets, KeyHistory> histories = new ConcurrentSkipListMap<>();

    public @Nullable KeyHistory history(Octets key) {
        return histories.get(key);
    }

    /// The histories of these keys in key order; some may be dead, or not born, at the revision one looks at.
    public Collection<KeyHistory> histories(KeyRange keys) {
        if (keys.isSingle()) {
            KeyHistory history = histories.get(keys.from());
            return history == null ? List.of() : List.of(history);
        }
        if (keys.isNothing()) return List.of();
        return part(keys).values();
    }

    private ConcurrentNavigableMap<Octets, KeyHistory> part(KeyRange keys) {
        return keys.isOpen()
                ? histories.tailMap(keys.from(), true)
                : histories.subMap(keys.from(), true, keys.to(), false);
    }

    /// What the next put of this key would be. Only the writer calls this.
    public Change nextPut(Octets key, long main, int sub) {
        KeyHistory history = histories.get(key);
        return history == null ? new Change(main, sub, main, 1, 0) : history.nextPut(main, sub);
    }

    /// Only the writer calls this.
    public void append(Octets key, Change change) {
        KeyHistory history = histories.get(key);
        if (history != null) {
            history.append(change);
            return;
        }
        KeyHistory born = new KeyHistory(key);
        born.append(change);
        histories.put(key, born);
    }

    /// Compacts the histories of up to `atMost` keys. Only the writer calls this, in slices between its transactions.
    ///
    /// @param after where the slice before this one ended, null at the beginning
    /// @param forgotten is told the location of each change that goes
    /// @return where this slice ended, null at the end
    public @Nullable Octets compact(@Nullable Octets after, long revision, int atMost, LongConsumer forgotten) {
        var rest = after == null ? histories : histories.tailMap(after, false);
        int visited = 0;
        for (KeyHistory history : rest.values()) {
            history.compact(revision, forgotten);
            if (history.count() == 0) histories.remove(history.key());
            if (++visited == atMost) return history.key();
        }
        return null;
    }

    /// A record of this key went elsewhere. Only the writer calls this.
    ///
    /// @return whether the index still knew it
    public boolean move(Octets key, long from, long to) {
        KeyHistory history = histories.get(key);
        return history != null && history.move(from, to);
    }
}
