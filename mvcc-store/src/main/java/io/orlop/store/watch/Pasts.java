package io.orlop.store.watch;

import io.orlop.store.api.KeyRange;
import io.orlop.store.history.KeyIndex;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// What was looked up lately of the past, for all who want it: of many watches that are behind, most want the same
/// keys. Only so much is held in all; who comes back later looks again.
final class Pasts {
    private static final int CHANGES_MAX = 150_000;

    private final KeyIndex index;
    private final Deque<Past> recent = new ArrayDeque<>();
    private int changes;

    Pasts(KeyIndex index) {
        this.index = index;
    }

    /// @param next the first revision that is wanted
    /// @param to the last one that may be told
    Past of(KeyRange keys, long next, long to) {
        Past past = found(keys, next);
        if (past == null) {
            past = Past.of(index, keys, next, to);
            changes += past.size();
        }
        recent.addFirst(past);
        while (changes > CHANGES_MAX && recent.size() > 1) {
            changes -= recent.removeLast().size();
        }
        return past;
    }

    private @Nullable Past found(KeyRange keys, long next) {
        for (Past past : recent) {
            if (past.has(keys, next)) {
                recent.remove(past);
                return past;
            }
        }
        return null;
    }

    /// Nobody is behind.
    void forget() {
        recent.clear();
        changes = 0;
    }
}
