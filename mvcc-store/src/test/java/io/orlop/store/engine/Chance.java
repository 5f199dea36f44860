package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Comparison.Operand;
import io.orlop.store.api.Comparison.Relation;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.RevisionBounds;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Operations drawn from a seed, over few keys so that they meet.
final class Chance {
    private static final int KEYS = 12;

    final Random random;
    private int values;

    Chance(long seed) {
        random = new Random(seed);
    }

    boolean oneIn(int n) {
        return random.nextInt(n) == 0;
    }

    Octets key() {
        return Octets.of("k" + (char) ('a' + random.nextInt(KEYS)));
    }

    /// Mostly small, sometimes larger than a sector.
    Octets value() {
        int length = oneIn(6) ? random.nextInt(3000) : random.nextInt(20);
        return Octets.of("v" + values++ + "x".repeat(length));
    }

    KeyRange keys() {
        return switch (random.nextInt(6)) {
            case 0 -> KeyRange.all();
            case 1 -> KeyRange.startingAt(key());
            case 2, 3 -> new KeyRange(key(), key());
            case 4 -> KeyRange.prefix(Octets.of("k"));
            default -> KeyRange.single(key());
        };
    }

    Operation operation(Model model) {
        return switch (random.nextInt(10)) {
            case 0, 1, 2, 3 -> put(model);
            case 4 -> new Operation.Delete(keys(), oneIn(2));
            case 5, 6 -> range(model);
            default -> txn(model, 2);
        };
    }

    Operation change(Model model) {
        return oneIn(4) ? new Operation.Delete(keys(), false) : oneIn(3) ? txn(model, 1) : put(model);
    }

    private Operation put(Model model) {
        boolean keepValue = oneIn(12);
        boolean keepLease = oneIn(12);
        return new Operation.Put(
                key(),
                keepValue ? Octets.EMPTY : value(),
                keepLease ? 0 : lease(model),
                oneIn(2),
                keepValue,
                keepLease);
    }

    private long lease(Model model) {
        if (oneIn(30)) return 999_999;
        if (model.leases.isEmpty() || oneIn(2)) return 0;
        List<Long> known = List.copyOf(model.leases);
        return known.get(random.nextInt(known.size()));
    }

    private long revision(Model model) {
        return oneIn(2) ? 0 : random.nextLong(model.revision() + 3);
    }

    private Operation range(Model model) {
        long newest = model.revision() + 1;
        RevisionBounds bounds = oneIn(4)
                ? new RevisionBounds(
                        random.nextLong(newest),
                        random.nextLong(newest * 2),
                        oneIn(2) ? 0 : random.nextLong(newest),
                        oneIn(2) ? 0 : random.nextLong(newest * 2))
                : RevisionBounds.NONE;
        return new Operation.Range(
                keys(),
                revision(model),
                oneIn(2) ? 0 : random.nextInt(5),
                SortOrder.values()[random.nextInt(3)],
                oneIn(2) ? SortTarget.KEY : SortTarget.values()[random.nextInt(5)],
                oneIn(5),
                oneIn(8),
                bounds);
    }

    private Operation.Txn txn(Model model, int depth) {
        List<Comparison> comparisons = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) comparisons.add(comparison(model));
        return new Operation.Txn(comparisons, branch(model, depth), branch(model, depth));
    }

    private List<Operation> branch(Model model, int depth) {
        List<Operation> branch = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            branch.add(
                    switch (random.nextInt(5)) {
                        case 0 -> range(model);
                        case 1 -> new Operation.Delete(KeyRange.single(key()), oneIn(2));
                        case 2 -> depth > 0 ? txn(model, depth - 1) : put(model);
                        default -> put(model);
                    });
        }
        return branch;
    }

    private Comparison comparison(Model model) {
        long number = random.nextLong(model.revision() + 2);
        Operand operand =
                switch (random.nextInt(5)) {
                    case 0 -> new Operand.Version(random.nextInt(4));
                    case 1 -> new Operand.Create(oneIn(2) ? 0 : number);
                    case 2 -> new Operand.Mod(number);
                    case 3 -> new Operand.Lease(lease(model));
                    default -> new Operand.Value(Octets.of("v" + random.nextInt(values + 1)));
                };
        KeyRange keys = oneIn(4) ? keys() : KeyRange.single(key());
        return new Comparison(keys, Relation.values()[random.nextInt(4)], operand);
    }
}
