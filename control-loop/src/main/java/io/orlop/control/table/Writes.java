package io.orlop.control.table;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/// What shall become of values of one or several tables, all together or not at all. Each line says what was seen of
/// the value it changes, so that nothing is lost to somebody who changed it in between.
///
/// ```java
/// writer.commit(new Writes()
///         .replace(volumes, id, seen, seen.value().promising(operation))
///         .create(replicas, replicaId, replica));
/// ```
public final class Writes {
    private final Transaction.Builder transaction = Transaction.of();
    private final Map<String, Table<?, ?>> tables = new TreeMap<>();
    /// What the tables shall hold once the transaction is kept, in this revision.
    private final List<LongConsumer> echoes = new ArrayList<>();

    /// Makes a value that is not there yet.
    public <K extends Comparable<K>, T> Writes create(Table<K, T> table, K id, T value) {
        transaction.absent(table.key(id));
        return put(table, id, value, table.encode(value), false);
    }

    /// Puts a value in place of the one that was seen.
    public <K extends Comparable<K>, T> Writes replace(Table<K, T> table, K id, Stored<T> seen, T value) {
        transaction.unchanged(table.key(id), seen.modRevision());
        return put(table, id, value, table.rewrite(seen, value), seen.foreign() != null);
    }

    /// Removes the value that was seen.
    public <K extends Comparable<K>, T> Writes remove(Table<K, T> table, K id, Stored<T> seen) {
        String key = table.key(id);
        transaction.unchanged(key, seen.modRevision()).delete(key);
        tables.put(key, table);
        echoes.add(revision -> table.absorb(key, null, revision));
        return this;
    }

    /// Leaves a value as it is, and insists that it is still the one that was seen.
    public <K extends Comparable<K>, T> Writes require(Table<K, T> table, K id, Stored<T> seen) {
        return require(table, id, seen.modRevision());
    }

    /// The same of one that somebody else saw.
    ///
    /// @param modRevision 0 where there was none
    public <K extends Comparable<K>, T> Writes require(Table<K, T> table, K id, long modRevision) {
        if (modRevision == 0) return requireAbsent(table, id);
        String key = table.key(id);
        transaction.unchanged(key, modRevision);
        tables.put(key, table);
        return this;
    }

    /// Insists that there is no such value.
    public <K extends Comparable<K>, T> Writes requireAbsent(Table<K, T> table, K id) {
        String key = table.key(id);
        transaction.absent(key);
        tables.put(key, table);
        return this;
    }

    private <K extends Comparable<K>, T> Writes put(Table<K, T> table, K id, T value, byte[] bytes, boolean foreign) {
        String key = table.key(id);
        transaction.put(key, bytes);
        tables.put(key, table);
        echoes.add(revision -> table.wrote(id, new Stored<>(value, revision, foreign ? bytes : null)));
        return this;
    }

    Transaction transaction() {
        return transaction.build();
    }

    /// Shows the tables what was kept, before the watch tells them.
    void echo(long revision) {
        echoes.forEach(echo -> echo.accept(revision));
    }

    /// Shows the tables what somebody else has written, so that the next attempt starts from there.
    ///
    /// @return the keys that were not as they were seen
    List<String> learn(Commit.Conflicted conflict) {
        var changed = new ArrayList<String>();
        Map<String, KeyValue> found = new TreeMap<>();
        conflict.found().forEach(each -> {
            if (each.entry() != null) found.put(each.key(), each.entry());
        });
        for (var compare : transaction().compares()) {
            KeyValue entry = found.get(compare.key());
            if (compare.holdsFor(entry)) continue;
            changed.add(compare.key());
            Table<?, ?> table = tables.get(compare.key());
            if (table != null) {
                table.absorb(compare.key(), entry, entry == null ? conflict.revision() : entry.modRevision());
            }
        }
        return changed;
    }
}
