package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Comparison.Operand;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.KeyWalk;
import io.orlop.store.history.Rows;
import io.orlop.store.history.Values;
import io.orlop.store.log.StoredPut;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Reads the state at one revision. Takes no lock: the index answers for that revision, whatever the writer adds.
final class Reading {
    /// A range of more rows than this goes past the cache: it would not fit, and drive out what does.
    private static final int PASSING_ROWS_MIN = 1_000;

    private static final int ROWS_AT_A_TIME = 64;

    /// What it takes to remember a row until it is known where it comes, beside its value.
    private static final long ROW_BYTES = 100;

    private final KeyIndex index;
    private final Values values;

    Reading(KeyIndex index, Values values) {
        this.index = index;
        this.values = values;
    }

    private record Row(KeyHistory history, Change change) {}

    /// @param at the revision to read
    /// @param answered the revision to answer with
    Outcome.Ranged range(Operation.Range range, long at, long answered) {
        return range(range, at, answered, Collected.all());
    }

    /// @param rows may have those of other ranges, too
    Outcome.Ranged range(Operation.Range range, long at, long answered, Collected rows) {
        Outcome.Ranged ranged = range(range, at, answered, (RowSink) rows);
        return new Outcome.Ranged(answered, rows.take(), ranged.more(), ranged.count());
    }

    /// @param rows gets what was found, one by one; the answer is without it
    Outcome.Ranged range(Operation.Range range, long at, long answered, RowSink rows) {
        if (range.keys().isSingle()) return single(range, at, answered, rows);
        return isSorted(range) && !range.countOnly()
                ? sorted(range, at, answered, rows)
                : inKeyOrder(range, at, answered, rows);
    }

    private Outcome.Ranged single(Operation.Range range, long at, long answered, RowSink rows) {
        KeyHistory history = index.history(range.keys().from());
        Change change = history == null ? null : history.aliveAt(at);
        if (history == null || change == null) return new Outcome.Ranged(answered, List.of(), false, 0);
        boolean wanted = !range.countOnly() && range.bounds().admit(change.main(), change.create());
        KeyValue kv = wanted ? values.of(history, change) : null;
        if (kv != null) rows.row(range.keysOnly() ? kv.withoutValue() : kv);
        return new Outcome.Ranged(answered, List.of(), false, 1);
    }

    private Outcome.Ranged inKeyOrder(Operation.Range range, long at, long answered, RowSink rows) {
        if (!range.bounds().none() && !range.countOnly()) return bounded(range, at, answered, rows);
        long limit = range.countOnly() ? 0 : range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
        long count = 0;
        KeyWalk walk = index.walk(range.keys());
        // Some rows at a time: the processor waits for the values of all of them at once, not for one after another.
        Rows some = new Rows(index, at, (int) Math.min(limit, ROWS_AT_A_TIME));
        StoredPut stored = new StoredPut();
        while (count < limit && walk.hasNext()) {
            walk.fill(some);
            int wanted = (int) Math.min(some.size(), limit - count);
            count += some.size();
            boolean passing = count > PASSING_ROWS_MIN;
            for (int i = 0; i < wanted; i++) row(some, i, passing, range.keysOnly(), stored, rows);
            some.clear();
        }
        // What nobody wants to have is only counted.
        count += walk.countAliveAt(at);
        return new Outcome.Ranged(answered, List.of(), !range.countOnly() && count > limit, count);
    }

    private void row(Rows some, int i, boolean passing, boolean keysOnly, StoredPut stored, RowSink rows) {
        long location = some.location(i);
        KeyValue kv = rows.keeps() ? values.known(location, passing) : null;
        if (kv == null && values.look(location, stored)) {
            if (keysOnly) rows.row(stored.kv().withoutValue());
            else rows.row(stored);
            return;
        }
        if (kv == null) kv = value(some.history(i), some.change(i), passing);
        // Compacted while we read: the caller will notice and read again or say so.
        if (kv != null) rows.row(keysOnly ? kv.withoutValue() : kv);
    }

    private @Nullable KeyValue value(KeyHistory history, @Nullable Change change, boolean passing) {
        if (change == null) return null;
        return passing ? values.passing(history, change) : values.of(history, change);
    }

    /// Of a range with bounds for revisions all keys have to be looked at.
    private Outcome.Ranged bounded(Operation.Range range, long at, long answered, RowSink rows) {
        long limit = range.limit() > 0 ? range.limit() : Long.MAX_VALUE;
        long count = 0;
        long admitted = 0;
        for (KeyHistory history : index.histories(range.keys())) {
            Change change = history.aliveAt(at);
            if (change == null) continue;
            count++;
            if (!range.bounds().admit(change.main(), change.create()) || ++admitted > limit) continue;
            KeyValue kv = value(history, change, admitted > PASSING_ROWS_MIN);
            if (kv != null) rows.row(range.keysOnly() ? kv.withoutValue() : kv);
        }
        return new Outcome.Ranged(answered, List.of(), admitted > limit, count);
    }

    private Outcome.Ranged sorted(Operation.Range range, long at, long answered, RowSink sink) {
        boolean keepAll = range.limit() <= 0 || !range.bounds().none() || range.order() != SortOrder.NONE;
        // As in etcd: who names what to sort by but no order gets the first keys, one more than asked for, sorted.
        long rowsMax = range.limit() + 1;
        List<Row> rows = new ArrayList<>();
        long count = 0;
        KeyWalk walk = index.walk(range.keys());
        while ((keepAll || rows.size() < rowsMax) && walk.hasNext()) {
            KeyHistory history = walk.next();
            Change change = history.aliveAt(at);
            if (change == null) continue;
            count++;
            if (!range.bounds().admit(change.main(), change.create())) continue;
            rows.add(new Row(history, change));
            if (rows.size() % ROWS_AT_A_TIME == 0) sink.takes(ROWS_AT_A_TIME * ROW_BYTES);
        }
        count += walk.countAliveAt(at);
        boolean more = range.limit() > 0 && (keepAll ? rows.size() : count) > range.limit();
        read(range, rows, sink);
        return new Outcome.Ranged(answered, List.of(), more, count);
    }

    /// The first keys of a range, without a look at how many there are.
    List<KeyValue> page(KeyRange keys, long at, long limit, boolean keysOnly) {
        List<KeyValue> kvs = new ArrayList<>();
        KeyWalk walk = index.walk(keys);
        while (kvs.size() < limit && walk.hasNext()) {
            KeyHistory history = walk.next();
            Change change = history.aliveAt(at);
            KeyValue kv = change == null ? null : values.passing(history, change);
            if (kv != null) kvs.add(keysOnly ? kv.withoutValue() : kv);
        }
        return kvs;
    }

    private static boolean isSorted(Operation.Range range) {
        return range.order() == SortOrder.DESCENDING || range.target() != SortTarget.KEY;
    }

    private void read(Operation.Range range, List<Row> rows, RowSink sink) {
        if (range.target() == SortTarget.VALUE) {
            cut(range, sorted(range, values(rows, sink))).forEach(sink::row);
            return;
        }
        sortRows(range, rows);
        int wanted = range.limit() > 0 ? (int) Math.min(range.limit(), rows.size()) : rows.size();
        for (Row row : rows.subList(0, wanted)) {
            KeyValue kv = values.of(row.history, row.change);
            // Compacted while we read: the caller will notice and read again or say so.
            if (kv != null) sink.row(range.keysOnly() ? kv.withoutValue() : kv);
        }
    }

    private List<KeyValue> values(List<Row> rows, RowSink sink) {
        List<KeyValue> kvs = new ArrayList<>(rows.size());
        for (Row row : rows) {
            KeyValue kv = values.of(row.history, row.change);
            if (kv == null) continue;
            sink.takes(ROW_BYTES + kv.key().length() + kv.value().length());
            kvs.add(kv);
        }
        return kvs;
    }

    private static List<KeyValue> sorted(Operation.Range range, List<KeyValue> kvs) {
        Comparator<KeyValue> order = range.target().ascending();
        kvs.sort(range.order() == SortOrder.DESCENDING ? order.reversed() : order);
        return kvs;
    }

    private static List<KeyValue> cut(Operation.Range range, List<KeyValue> kvs) {
        List<KeyValue> wanted = range.limit() > 0 && kvs.size() > range.limit()
                ? new ArrayList<>(kvs.subList(0, (int) range.limit()))
                : kvs;
        if (range.keysOnly()) wanted.replaceAll(KeyValue::withoutValue);
        return wanted;
    }

    /// All but the value is known without reading it.
    private static void sortRows(Operation.Range range, List<Row> rows) {
        boolean descending = range.order() == SortOrder.DESCENDING;
        ToLongFunction<Change> number =
                switch (range.target()) {
                    case VERSION -> Change::version;
                    case CREATE -> Change::create;
                    case MOD -> Change::main;
                    case KEY, VALUE -> _ -> 0;
                };
        if (range.target() == SortTarget.KEY) {
            if (descending) Collections.reverse(rows);
            return;
        }
        Comparator<Row> order = Comparator.comparingLong(row -> number.applyAsLong(row.change));
        rows.sort(descending ? order.reversed() : order);
    }

    /// @param leaseOf the lease of a key at that revision
    boolean holds(List<Comparison> comparisons, long at, ToLongFunction<Octets> leaseOf) {
        for (Comparison comparison : comparisons) {
            if (!holds(comparison, at, leaseOf)) return false;
        }
        return true;
    }

    private boolean holds(Comparison comparison, long at, ToLongFunction<Octets> leaseOf) {
        boolean any = false;
        for (KeyHistory history : index.histories(comparison.keys())) {
            Change change = history.aliveAt(at);
            if (change == null) continue;
            any = true;
            if (!comparison.relation().holds(sign(comparison.operand(), history, change, leaseOf))) return false;
        }
        if (any) return true;
        return switch (comparison.operand()) {
            case Operand.Version(long version) -> comparison.relation().holds(Long.compare(0, version));
            case Operand.Create(long revision) -> comparison.relation().holds(Long.compare(0, revision));
            case Operand.Mod(long revision) -> comparison.relation().holds(Long.compare(0, revision));
            case Operand.Lease(long lease) -> comparison.relation().holds(Long.compare(0, lease));
            case Operand.Value _ -> false;
        };
    }

    private int sign(Operand operand, KeyHistory history, Change change, ToLongFunction<Octets> leaseOf) {
        return switch (operand) {
            case Operand.Version(long version) -> Long.compare(change.version(), version);
            case Operand.Create(long revision) -> Long.compare(change.create(), revision);
            case Operand.Mod(long revision) -> Long.compare(change.main(), revision);
            case Operand.Lease(long lease) -> Long.compare(leaseOf.applyAsLong(history.key()), lease);
            case Operand.Value(Octets value) -> {
                KeyValue kv = values.of(history, change);
                yield kv == null ? -1 : kv.value().compareTo(value);
            }
        };
    }
}
