package io.orlop.store.api;

import java.util.List;

/// Something to read or to change.
public sealed interface Operation {
    /// @param revision the moment to read at, 0 for now
    /// @param limit the most keys to return, 0 for all
    record Range(
            KeyRange keys,
            long revision,
            long limit,
            SortOrder order,
            SortTarget target,
            boolean keysOnly,
            boolean countOnly,
            RevisionBounds bounds)
            implements Operation {
        public static Range of(KeyRange keys) {
            return new Range(keys, 0, 0, SortOrder.NONE, SortTarget.KEY, false, false, RevisionBounds.NONE);
        }

        public static Range of(Octets key) {
            return of(KeyRange.single(key));
        }

        /// The same, but only how many keys there are.
        public Range counting() {
            return new Range(keys, revision, 0, order, target, false, true, bounds);
        }

        public Range at(long moment) {
            return new Range(keys, moment, limit, order, target, keysOnly, countOnly, bounds);
        }

        public Range limitedTo(long most) {
            return new Range(keys, revision, most, order, target, keysOnly, countOnly, bounds);
        }
    }

    /// @param lease the lease to hang the key on, 0 for none
    /// @param keepValue put the value the key has already
    /// @param keepLease leave the key on the lease it hangs on already
    record Put(Octets key, Octets value, long lease, boolean previous, boolean keepValue, boolean keepLease)
            implements Operation {
        public static Put of(Octets key, Octets value) {
            return new Put(key, value, 0, false, false, false);
        }

        public Put under(long leaseId) {
            return new Put(key, value, leaseId, previous, keepValue, keepLease);
        }
    }

    record Delete(KeyRange keys, boolean previous) implements Operation {
        public static Delete of(Octets key) {
            return new Delete(KeyRange.single(key), false);
        }

        public static Delete of(KeyRange keys) {
            return new Delete(keys, false);
        }
    }

    /// All comparisons see the state before the transaction; then one of the branches is done, under one revision.
    record Txn(List<Comparison> comparisons, List<Operation> success, List<Operation> failure) implements Operation {
        public Txn {
            comparisons = List.copyOf(comparisons);
            success = List.copyOf(success);
            failure = List.copyOf(failure);
        }

        /// Whether neither branch can change anything, so that it need not wait for the writer.
        public boolean readsOnly() {
            return onlyRanges(success) && onlyRanges(failure);
        }

        private static boolean onlyRanges(List<Operation> branch) {
            return branch.stream().allMatch(operation -> operation instanceof Range);
        }
    }
}
