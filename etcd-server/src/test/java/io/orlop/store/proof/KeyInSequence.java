package io.orlop.store.proof;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One key alone. A history in which each call is about one key has an order exactly when each key's part has one: so
/// long histories are looked at key by key. Knows puts, gets, deletions, and puts that depend on the value.
final class KeyInSequence implements Sequential<KeyInSequence.Cell> {
    /// @param version 0 if there is no such key
    /// @param mod the revision of the last change; 0 if nobody was told
    record Cell(long version, Octets value, long mod) {}

    /// Which key's part each call belongs to.
    static List<List<Call>> parts(List<Call> history) {
        TreeMap<Octets, List<Call>> parts = new TreeMap<>();
        for (Call call : history)
            parts.computeIfAbsent(key(call), _ -> new ArrayList<>()).add(call);
        return List.copyOf(parts.values());
    }

    private static Octets key(Call call) {
        if (!(call.request() instanceof Request.Do(Operation operation))) throw unknown(call);
        return switch (operation) {
            case Operation.Put put -> put.key();
            case Operation.Range range -> single(range.keys(), call);
            case Operation.Delete delete -> single(delete.keys(), call);
            case Operation.Txn txn -> single(txn.comparisons().getFirst().keys(), call);
        };
    }

    private static Octets single(KeyRange keys, Call call) {
        if (!keys.isSingle()) throw unknown(call);
        return keys.from();
    }

    private static IllegalArgumentException unknown(Call call) {
        return new IllegalArgumentException("not of one key: " + call);
    }

    @Override
    public Cell start() {
        return new Cell(0, Octets.EMPTY, 0);
    }

    @Override
    public @Nullable Cell after(Cell cell, Call call) {
        Operation operation = ((Request.Do) call.request()).operation();
        Outcome outcome = call.answer() instanceof Answer.Done(Outcome done) ? done : null;
        return switch (operation) {
            case Operation.Put put -> put(cell, put.value(), outcome);
            case Operation.Range _ -> outcome instanceof Outcome.Ranged ranged && shows(ranged, cell) ? cell : null;
            case Operation.Delete _ -> delete(cell, (Outcome.Deleted) outcome);
            case Operation.Txn txn -> depending(cell, txn, (Outcome.Txn) outcome);
        };
    }

    private static @Nullable Cell put(Cell cell, Octets value, @Nullable Outcome outcome) {
        if (outcome != null && outcome.revision() <= cell.mod) return null;
        return new Cell(cell.version + 1, value, outcome == null ? 0 : outcome.revision());
    }

    private static boolean shows(Outcome.Ranged ranged, Cell cell) {
        if (ranged.revision() < cell.mod) return false;
        if (cell.version == 0) return ranged.kvs().isEmpty();
        if (ranged.kvs().size() != 1) return false;
        KeyValue kv = ranged.kvs().getFirst();
        return kv.value().equals(cell.value)
                && kv.version() == cell.version
                && (cell.mod == 0 || kv.modRevision() == cell.mod);
    }

    private static @Nullable Cell delete(Cell cell, Outcome.@Nullable Deleted outcome) {
        Cell gone = new Cell(0, Octets.EMPTY, outcome == null ? 0 : outcome.revision());
        if (outcome == null) return cell.version == 0 ? null : gone;
        if (outcome.count() != (cell.version == 0 ? 0 : 1)) return null;
        if (cell.version == 0) return outcome.revision() < cell.mod ? null : cell;
        return outcome.revision() <= cell.mod ? null : gone;
    }

    private static @Nullable Cell depending(Cell cell, Operation.Txn txn, Outcome.@Nullable Txn outcome) {
        Comparison.Operand.Value expected =
                (Comparison.Operand.Value) txn.comparisons().getFirst().operand();
        boolean succeeds = cell.version > 0 && cell.value.equals(expected.value());
        if (outcome != null && outcome.succeeded() != succeeds) return null;
        if (!succeeds) {
            if (outcome == null) return null;
            return shows((Outcome.Ranged) outcome.outcomes().getFirst(), cell) ? cell : null;
        }
        return put(cell, ((Operation.Put) txn.success().getFirst()).value(), outcome);
    }

    @Override
    public boolean isTooLate(Cell cell, Call call) {
        return call.answer() instanceof Answer.Done(Outcome outcome) && outcome.revision() < cell.mod;
    }

    @Override
    public Object fingerprint(Cell cell) {
        return cell;
    }
}
