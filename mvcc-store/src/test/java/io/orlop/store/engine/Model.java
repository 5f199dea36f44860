package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Comparison.Operand;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the store should do, as simply as it can be said: a copy of everything for every revision.
public final class Model {
    final TreeMap<Long, TreeMap<Octets, KeyValue>> states = new TreeMap<>();
    final TreeMap<Long, List<Event>> events = new TreeMap<>();
    final TreeSet<Long> leases = new TreeSet<>();
    long compacted = -1;

    private TreeMap<Octets, KeyValue> working = new TreeMap<>();
    private List<Event> heard = new ArrayList<>();

    public Model() {
        states.put(0L, new TreeMap<>());
        states.put(1L, new TreeMap<>());
    }

    public long revision() {
        return states.lastKey();
    }

    public long compacted() {
        return compacted;
    }

    /// What watchers are to hear of, by revision.
    public TreeMap<Long, List<Event>> events() {
        return events;
    }

    TreeMap<Octets, KeyValue> at(long revision) {
        TreeMap<Octets, KeyValue> state = states.get(revision);
        if (state == null) throw new IllegalArgumentException("there was no revision " + revision);
        return state;
    }

    public Model copy() {
        Model copy = new Model();
        copy.states.putAll(states);
        copy.events.putAll(events);
        copy.leases.addAll(leases);
        copy.compacted = compacted;
        return copy;
    }

    public Outcome apply(Operation operation) {
        begin();
        if (operation instanceof Operation.Txn txn) {
            checkPuts(txn);
            checkRanges(txn);
        } else {
            checkState(operation);
        }
        Outcome outcome = perform(operation);
        end();
        return outcome;
    }

    private void begin() {
        working = new TreeMap<>(states.lastEntry().getValue());
        heard = new ArrayList<>();
    }

    private void end() {
        if (heard.isEmpty()) return;
        events.put(revision() + 1, heard);
        states.put(revision() + 1, working);
    }

    private long reached() {
        return heard.isEmpty() ? revision() : revision() + 1;
    }

    void revoke(long lease) {
        if (!leases.remove(lease)) throw new DeniedException(Denial.LEASE_NOT_FOUND);
        begin();
        for (KeyValue kv : List.copyOf(working.values())) {
            if (kv.lease() == lease) remove(kv);
        }
        end();
    }

    public void compact(long revision) {
        if (revision <= compacted) throw new DeniedException(Denial.COMPACTED);
        if (revision > revision()) throw new DeniedException(Denial.FUTURE_REVISION);
        compacted = revision;
    }

    private void checkState(Operation operation) {
        switch (operation) {
            case Operation.Range range -> {
                if (range.revision() > revision()) throw new DeniedException(Denial.FUTURE_REVISION);
                if (range.revision() > 0 && range.revision() < compacted) {
                    throw new DeniedException(Denial.COMPACTED);
                }
            }
            case Operation.Put put -> {
                checkLease(put);
                checkKept(put);
            }
            case Operation.Delete _, Operation.Txn _ -> {}
        }
    }

    private void checkLease(Operation.Put put) {
        if (put.lease() != 0 && !leases.contains(put.lease())) throw new DeniedException(Denial.LEASE_NOT_FOUND);
    }

    private void checkKept(Operation.Put put) {
        boolean keeps = put.keepLease() || put.keepValue();
        if (keeps && !states.lastEntry().getValue().containsKey(put.key())) {
            throw new DeniedException(Denial.KEY_NOT_FOUND);
        }
    }

    private void checkPuts(Operation.Txn txn) {
        for (Operation step : branch(txn)) {
            if (step instanceof Operation.Put put) {
                checkKept(put);
                checkLease(put);
            } else if (step instanceof Operation.Txn nested) {
                checkPuts(nested);
            }
        }
    }

    private void checkRanges(Operation.Txn txn) {
        for (Operation step : branch(txn)) {
            if (step instanceof Operation.Range) checkState(step);
            else if (step instanceof Operation.Txn nested) checkRanges(nested);
        }
    }

    private List<Operation> branch(Operation.Txn txn) {
        return holds(txn) ? txn.success() : txn.failure();
    }

    private boolean holds(Operation.Txn txn) {
        return txn.comparisons().stream().allMatch(this::holds);
    }

    private boolean holds(Comparison comparison) {
        List<KeyValue> kvs = in(states.lastEntry().getValue(), comparison.keys());
        if (!kvs.isEmpty()) return kvs.stream().allMatch(kv -> holds(comparison, kv));
        if (comparison.operand() instanceof Operand.Value) return false;
        return holds(comparison, new KeyValue(Octets.EMPTY, Octets.EMPTY, 0, 0, 0, 0));
    }

    private static boolean holds(Comparison comparison, KeyValue kv) {
        int sign =
                switch (comparison.operand()) {
                    case Operand.Version(long version) -> Long.compare(kv.version(), version);
                    case Operand.Create(long revision) -> Long.compare(kv.createRevision(), revision);
                    case Operand.Mod(long revision) -> Long.compare(kv.modRevision(), revision);
                    case Operand.Lease(long lease) -> Long.compare(kv.lease(), lease);
                    case Operand.Value(Octets value) -> kv.value().compareTo(value);
                };
        return comparison.relation().holds(sign);
    }

    private static List<KeyValue> in(TreeMap<Octets, KeyValue> state, KeyRange keys) {
        return state.values().stream().filter(kv -> keys.contains(kv.key())).toList();
    }

    private Outcome perform(Operation operation) {
        return switch (operation) {
            case Operation.Range range -> range(range);
            case Operation.Put put -> put(put);
            case Operation.Delete delete -> {
                List<KeyValue> gone = in(working, delete.keys());
                gone.forEach(this::remove);
                yield new Outcome.Deleted(reached(), gone.size(), delete.previous() ? gone : List.of());
            }
            case Operation.Txn txn -> {
                List<Outcome> outcomes = new ArrayList<>();
                // Conditions of nested transactions see the state before the outermost one, as `holds` does.
                for (Operation step : branch(txn)) outcomes.add(perform(step));
                yield new Outcome.Txn(reached(), holds(txn), outcomes);
            }
        };
    }

    private Outcome put(Operation.Put put) {
        KeyValue before = working.get(put.key());
        KeyValue after = new KeyValue(
                put.key(),
                put.keepValue() && before != null ? before.value() : put.value(),
                before == null ? revision() + 1 : before.createRevision(),
                revision() + 1,
                before == null ? 1 : before.version() + 1,
                put.keepLease() && before != null ? before.lease() : put.lease());
        working.put(put.key(), after);
        heard.add(new Event(Event.Kind.PUT, after, before));
        return new Outcome.Put(reached(), put.previous() ? before : null);
    }

    private void remove(KeyValue kv) {
        working.remove(kv.key());
        heard.add(new Event(Event.Kind.DELETE, KeyValue.tombstone(kv.key(), revision() + 1), kv));
    }

    private Outcome range(Operation.Range range) {
        TreeMap<Octets, KeyValue> state = range.revision() > 0 ? at(range.revision()) : working;
        List<KeyValue> all = in(state, range.keys());
        if (range.countOnly()) return new Outcome.Ranged(reached(), List.of(), false, all.size());
        List<KeyValue> kvs = new ArrayList<>(all.stream()
                .filter(kv -> range.bounds().admit(kv.modRevision(), kv.createRevision()))
                .toList());
        if (range.order() == SortOrder.NONE && range.bounds().none() && range.limit() > 0) {
            // Whoever names no order gets the first keys, one more than asked for, sorted.
            kvs = new ArrayList<>(kvs.subList(0, (int) Math.min(kvs.size(), range.limit() + 1)));
        }
        if (range.order() != SortOrder.NONE || range.target() != SortTarget.KEY) {
            Comparator<KeyValue> order = range.target().ascending();
            kvs.sort(range.order() == SortOrder.DESCENDING ? order.reversed() : order);
        }
        boolean more = range.limit() > 0 && kvs.size() > range.limit();
        List<KeyValue> cut = more ? kvs.subList(0, (int) range.limit()) : kvs;
        List<KeyValue> answer =
                range.keysOnly() ? cut.stream().map(KeyValue::withoutValue).toList() : List.copyOf(cut);
        return new Outcome.Ranged(reached(), answer, more, all.size());
    }
}
