package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Operation;
import java.util.List;

/// What a request wants of the writer's queue.
///
/// @param bytes what it keeps in memory while it waits, about
sealed interface Claim {
    /// What a request is besides keys and values.
    long OWN_BYTES = 256;

    long bytes();

    /// Something more will be kept: the first to be refused.
    record Growing(long bytes) implements Claim {}

    /// Nothing more, or less: deletions, compactions, what keeps leases alive, and questions.
    record Relieving(long bytes) implements Claim {}

    /// The store's own work, of which there is never much, and which others wait for.
    record Own() implements Claim {
        @Override
        public long bytes() {
            return 0;
        }
    }

    Claim OWN = new Own();
    Claim SMALL = new Relieving(OWN_BYTES);
    Claim LEASE = new Growing(OWN_BYTES);

    static Claim of(Operation operation) {
        long bytes = bytes(operation);
        return grows(operation) ? new Growing(bytes) : new Relieving(bytes);
    }

    private static boolean grows(Operation operation) {
        return switch (operation) {
            case Operation.Put _ -> true;
            case Operation.Range _, Operation.Delete _ -> false;
            case Operation.Txn txn -> anyGrows(txn.success()) || anyGrows(txn.failure());
        };
    }

    private static boolean anyGrows(List<Operation> operations) {
        for (Operation operation : operations) {
            if (grows(operation)) return true;
        }
        return false;
    }

    private static long bytes(Operation operation) {
        return switch (operation) {
            case Operation.Put put ->
                OWN_BYTES + put.key().length() + put.value().length();
            case Operation.Delete delete -> OWN_BYTES + bytes(delete.keys());
            case Operation.Range range -> OWN_BYTES + bytes(range.keys());
            case Operation.Txn txn -> {
                long bytes = OWN_BYTES;
                for (Comparison comparison : txn.comparisons()) {
                    bytes += OWN_BYTES + bytes(comparison.keys());
                    if (comparison.operand() instanceof Comparison.Operand.Value(var value)) bytes += value.length();
                }
                for (Operation step : txn.success()) bytes += bytes(step);
                for (Operation step : txn.failure()) bytes += bytes(step);
                yield bytes;
            }
        };
    }

    private static long bytes(KeyRange keys) {
        return 2L * keys.from().length();
    }
}
