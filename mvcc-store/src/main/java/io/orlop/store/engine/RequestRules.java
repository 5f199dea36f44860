package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// What can be wrong with a request whatever the store holds.
final class RequestRules {
    private RequestRules() {}

    static void check(Operation operation, int operationsMax) {
        switch (operation) {
            case Operation.Range range -> refuseIf(range.keys().from().isEmpty(), Denial.EMPTY_KEY);
            case Operation.Put put -> checkPut(put);
            case Operation.Delete delete -> refuseIf(delete.keys().from().isEmpty(), Denial.EMPTY_KEY);
            case Operation.Txn txn -> {
                checkTxn(txn, operationsMax);
                Footprint.of(txn.success());
                Footprint.of(txn.failure());
            }
        }
    }

    private static void checkPut(Operation.Put put) {
        refuseIf(put.key().isEmpty(), Denial.EMPTY_KEY);
        refuseIf(put.keepValue() && !put.value().isEmpty(), Denial.VALUE_PROVIDED);
        refuseIf(put.keepLease() && put.lease() != 0, Denial.LEASE_PROVIDED);
    }

    /// A nested transaction gets what its parent left.
    private static void checkTxn(Operation.Txn txn, int operationsMax) {
        int size = Math.max(
                txn.comparisons().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        refuseIf(size > operationsMax, Denial.TOO_MANY_OPERATIONS);
        for (Comparison comparison : txn.comparisons()) {
            refuseIf(comparison.keys().from().isEmpty(), Denial.EMPTY_KEY);
        }
        for (List<Operation> branch : List.of(txn.success(), txn.failure())) {
            for (Operation operation : branch) {
                if (operation instanceof Operation.Txn nested) checkTxn(nested, operationsMax - size);
                else check(operation, operationsMax);
            }
        }
    }

    private static void refuseIf(boolean wrong, Denial denial) {
        if (wrong) throw new DeniedException(denial);
    }

    /// The keys that a branch puts and the ranges it deletes. A key is put once, and not in a range that is deleted;
    /// the two branches of one nested transaction exclude each other and may share keys.
    ///
    /// An open end (the single byte 0) is compared as it is written, and so covers no key: etcd does the same, and
    /// a client that relies on it is served.
    private record Footprint(TreeSet<Octets> puts, List<KeyRange> deletes) {
        static Footprint of(List<Operation> branch) {
            Footprint print = new Footprint(new TreeSet<>(), new ArrayList<>());
            for (Operation operation : branch) {
                if (operation instanceof Operation.Delete delete) print.deletes.add(delete.keys());
            }
            for (Operation operation : branch) {
                if (operation instanceof Operation.Txn nested)
                    print.include(of(nested.success()), of(nested.failure()));
            }
            for (Operation operation : branch) {
                if (operation instanceof Operation.Put put) print.put(put.key());
            }
            return print;
        }

        private void include(Footprint success, Footprint failure) {
            success.puts.forEach(this::put);
            for (Octets key : failure.puts) {
                if (success.puts.contains(key)) refuseIf(isDeleted(key), Denial.DUPLICATE_KEY);
                else put(key);
            }
            deletes.addAll(success.deletes);
            deletes.addAll(failure.deletes);
        }

        private void put(Octets key) {
            refuseIf(!puts.add(key) || isDeleted(key), Denial.DUPLICATE_KEY);
        }

        private boolean isDeleted(Octets key) {
            for (KeyRange range : deletes) {
                boolean within = range.isSingle()
                        ? key.equals(range.from())
                        : key.compareTo(range.from()) >= 0 && key.compareTo(range.to()) < 0;
                if (within) return true;
            }
            return false;
        }
    }
}
