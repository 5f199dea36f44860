package io.orlop.store.engine;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Verification;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.log.DamagedLogException;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.LogView;
import io.orlop.store.log.Replay;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the whole log back and holds the index against it: a second index is built from what the disk says, and both
/// must tell the same of every key; then the value of every change is read from where the index says it is.
final class CrossCheck implements Replay {
    private static final int FINDINGS_MAX = 100;

    private final KeyIndex index;
    private final Values values;
    private final KeyIndex rebuilt = new KeyIndex();
    private final List<String> findings = new ArrayList<>();
    private final long revision;
    private final long compacted;
    private long records;
    private long keys;

    /// @param values without a cache, since the question is what the disk has
    CrossCheck(KeyIndex index, Values values, long revision, long compacted) {
        this.index = index;
        this.values = values;
        this.revision = revision;
        this.compacted = compacted;
    }

    Verification of(LogView view) throws IOException {
        try {
            view.replay(this);
            if (compacted >= 0) rebuilt.compact(null, compacted, Integer.MAX_VALUE, _ -> {});
            compare();
        } catch (DamagedLogException damaged) {
            find(String.valueOf(damaged.getMessage()));
        }
        return new Verification(records, keys, revision, compacted, List.copyOf(findings));
    }

    @Override
    public void record(LogRecord record, long location) {
        if (record instanceof LogRecord.Put(KeyValue kv, int sub)) {
            Change change = new Change(kv.modRevision(), sub, kv.createRevision(), kv.version(), location);
            change(kv.key(), change);
        } else if (record instanceof LogRecord.Tombstone(Octets key, long main, int sub)) {
            change(key, new Change(main, sub, 0, 0, location));
        }
    }

    private void change(Octets key, Change change) {
        records++;
        if (change.main() <= revision) rebuilt.append(key, change);
    }

    @Override
    public void frame(long reached) {}

    private void compare() {
        for (KeyHistory history : rebuilt.histories(KeyRange.all())) {
            keys++;
            KeyHistory known = index.history(history.key());
            List<Change> onDisk = changes(history);
            List<Change> inIndex = known == null ? List.of() : changes(known);
            if (!onDisk.equals(inIndex)) {
                find("key " + history.key() + ": the log has changes " + describe(onDisk) + ", the index "
                        + describe(inIndex));
            } else if (known != null) {
                readBack(known);
            }
        }
        for (KeyHistory history : index.histories(KeyRange.all())) {
            if (rebuilt.history(history.key()) == null && !changes(history).isEmpty()) {
                find("key " + history.key() + " is in the index, changes " + describe(changes(history))
                        + ", and not in the log");
            }
        }
    }

    /// Where a record is may differ: it may have moved since.
    private List<Change> changes(KeyHistory history) {
        List<Change> changes = new ArrayList<>();
        Change first = compacted < 0 ? null : history.at(compacted);
        if (first != null && (!first.isTombstone() || first.main() == compacted)) changes.add(unplaced(first));
        history.between(compacted + 1, revision, change -> changes.add(unplaced(change)));
        return changes;
    }

    private static Change unplaced(Change change) {
        return new Change(change.main(), change.sub(), change.create(), change.version(), 0);
    }

    private void readBack(KeyHistory history) {
        history.between(0, revision, change -> {
            if (change.isTombstone()) return;
            try {
                compare(history.key(), change, values.passing(history, change));
            } catch (UncheckedIOException unreadable) {
                // The store was closed meanwhile: that is no damage.
                if (unreadable.getCause() instanceof ClosedChannelException) throw unreadable;
                find("key " + history.key() + " at revision " + change.main() + ": " + unreadable.getMessage());
            }
        });
    }

    private void compare(Octets key, Change change, @Nullable KeyValue read) {
        boolean same = read == null
                || read.key().equals(key)
                        && read.modRevision() == change.main()
                        && read.createRevision() == change.create()
                        && read.version() == change.version();
        if (!same) find("key " + key + " at revision " + change.main() + ": the index points to another change");
    }

    private static String describe(List<Change> changes) {
        return changes.stream()
                .map(change -> change.main() + "." + change.sub() + (change.isTombstone() ? "t" : ""))
                .toList()
                .toString();
    }

    private void find(String finding) {
        if (findings.size() < FINDINGS_MAX) findings.add(finding);
    }
}
