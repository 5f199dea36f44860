package io.orlop.store.engine;

import io.orlop.store.api.Octets;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Needed;
import org.jspecify.annotations.Nullable;

/// Which changes are needed after one compaction: all later ones, and of each key its last one up to then, unless that
/// is a tombstone from before. Whatever the writer does meanwhile, what is not needed now never will be.
final class AsOf implements Needed {
    private final KeyIndex index;
    private final long compacted;

    /// The key that was asked for last, and its last change: where changes come by key, one look is enough for all.
    private Octets key = Octets.EMPTY;

    private @Nullable Change last;

    /// @param compacted the compacted revision; negative if nothing was compacted
    AsOf(KeyIndex index, long compacted) {
        this.index = index;
        this.compacted = compacted;
    }

    /// What is said of no key is needed.
    boolean isNeeded(LogRecord record) {
        return switch (record) {
            case LogRecord.Put(var kv, int sub) -> isNeeded(kv.key(), kv.modRevision(), sub, false);
            case LogRecord.Tombstone(Octets gone, long main, int sub) -> isNeeded(gone, main, sub, true);
            default -> true;
        };
    }

    @Override
    public boolean isNeeded(Octets asked, long main, int sub, boolean tombstone) {
        if (main > compacted) return true;
        if (tombstone && main < compacted) return false;
        if (!asked.equals(key)) {
            KeyHistory history = index.history(asked);
            last = history == null ? null : history.at(compacted);
            key = asked;
        }
        return last != null && last.main() == main && last.sub() == sub;
    }

    @Override
    public boolean isPointedTo(Octets asked, long main, int sub, long location) {
        KeyHistory history = index.history(asked);
        return history != null && history.isAt(main, sub, location);
    }
}
