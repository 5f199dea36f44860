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
/// must tell the same of every key; then the value of every change is read from where the index says it is. Where there
/// is more history than fits into memory, a part of the keys at a time:
/// ```
///   pass 1    the log ─► changes of keys whose hash ends in 0 ─► an index of those │ compare, forget
///   pass 2    the log ─►                                    1 ─►                   │ compare
/// ```
final class CrossCheck implements Replay {
    private static final int FINDINGS_MAX = 100;

    /// A second index may take this part of the memory, with so many bytes for a change.
    private static final int HEAP_PART = 8;

    private static final int CHANGE_BYTES = 64;

    private final KeyIndex index;
    private final Values values;
    private final int passes;
    private int pass;
    private KeyIndex rebuilt = new KeyIndex();
    private final List<String> findings = new ArrayList<>();
    private final long revision;
    private final long compacted;
    private long records;
    private long keys;

    /// @param values without a cache, since the question is what the disk has
    /// @param passes in how many parts
    CrossCheck(KeyIndex index, Values values, long revision, long compacted, int passes) {
        this.passes = passes;
        this.index = index;
        this.values = values;
        this.revision = revision;
        this.compacted = compacted;
    }

    /// How many parts there must be of so many changes.
    static int passes(long changes) {
        long atOnce = Runtime.getRuntime().maxMemory() / HEAP_PART / CHANGE_BYTES;
        return 1 + (int) (changes / atOnce);
    }

    Verification of(LogView view) throws IOException {
        try {
            for (pass = 0; pass < passes; pass++) {
                rebuilt = new KeyIndex();
                view.replay(this);
                rebuilt.sweep(null, compacted, Integer.MAX_VALUE);
                compare();
            }
        } catch (DamagedLogException damaged) {
            find(String.valueOf(damaged.getMessage()));
        }
        return new Verification(records, keys, revision, compacted, List.copyOf(findings));
    }

    @Override
    public void record(LogRecord record, long location) {
        Octets key = record.key();
        Change change = Change.of(record, location);
        if (key == null || change == null || !isOfThisPass(key)) return;
        records++;
        if (change.main() <= revision) rebuilt.append(key, change);
    }

    private boolean isOfThisPass(Octets key) {
        return Math.floorMod(key.hashCode(), passes) == pass;
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
            if (!isOfThisPass(history.key()) || rebuilt.history(history.key()) != null) continue;
            if (!changes(history).isEmpty()) {
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
