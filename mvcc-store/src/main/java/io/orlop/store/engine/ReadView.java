package io.orlop.store.engine;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.auth.Access;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Rights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// What readers get to see: the store at the published revision, or as it was at an older one, as far as the caller
/// may. Reads are answered by the calling thread. None takes a lock; each looks afterwards whether it was overtaken:
/// ```
///   published  ──► read ──► by a compaction?   of now: read again    of one moment: refused
///              └─────────── by a change of users?                    refused
/// ```
final class ReadView {
    private final long txnBytesMax;
    private final Reading reading;
    private final Visible visible;
    private final Supplier<AuthState> auth;

    /// @param txnBytesMax what all rows of one transaction may take in memory
    ReadView(Reading reading, Visible visible, Supplier<AuthState> auth, long txnBytesMax) {
        this.txnBytesMax = txnBytesMax;
        this.reading = reading;
        this.visible = visible;
        this.auth = auth;
    }

    /// What a caller may do, as of now.
    Rights rights(Caller caller) {
        return new Rights(auth.get(), caller);
    }

    Outcome.Ranged range(Operation.Range range, Caller caller) {
        return permitted(range, caller, () -> range(range, (at, revision) -> reading.range(range, at, revision)));
    }

    /// A range of which the rows go elsewhere as they are read.
    ///
    /// @return what else there is to say, without the rows
    Outcome.Ranged range(Operation.Range range, Caller caller, RowSink rows) {
        return permitted(
                range,
                caller,
                () -> range(range, (at, revision) -> {
                    rows.begin();
                    return reading.range(range, at, revision, rows);
                }));
    }

    private <T extends Outcome> T permitted(Operation operation, Caller caller, Supplier<T> read) {
        Rights rights = rights(caller);
        rights.check(operation, _ -> List.of());
        T outcome = read.get();
        rights.ensureCurrent(auth.get());
        return outcome;
    }

    /// The first keys of a range as it was at one revision, without counting.
    List<KeyValue> page(KeyRange keys, long at, long limit, boolean keysOnly, Caller caller) {
        Rights rights = rights(caller);
        rights.check(Access.READ, keys);
        List<KeyValue> page = snapshot(List.of(at), _ -> reading.page(keys, at, limit, keysOnly));
        rights.ensureCurrent(auth.get());
        return page;
    }

    /// How a range is read.
    private interface RangeRead {
        /// @param at the revision to read
        /// @param revision the store's
        Outcome.Ranged read(long at, long revision);
    }

    private Outcome.Ranged range(Operation.Range range, RangeRead how) {
        return snapshot(range.revision() > 0 ? List.of(range.revision()) : List.of(), revision -> {
            long at = range.revision() > 0 ? range.revision() : revision;
            return how.read(at, revision);
        });
    }

    /// Who asks for leases asks the writer, who owns them.
    static boolean answers(Operation.Txn txn) {
        return txn.readsOnly()
                && txn.comparisons().stream()
                        .noneMatch(comparison -> comparison.operand() instanceof Comparison.Operand.Lease);
    }

    Outcome.Txn txn(Operation.Txn txn, Caller caller) {
        return permitted(txn, caller, () -> txn(txn));
    }

    private Outcome.Txn txn(Operation.Txn txn) {
        return snapshot(List.of(), revision -> {
            boolean succeeded = reading.holds(txn.comparisons(), revision, _ -> 0);
            List<Outcome> outcomes = new ArrayList<>();
            Collected rows = Collected.upTo(txnBytesMax);
            for (Operation step : succeeded ? txn.success() : txn.failure()) {
                Operation.Range range = (Operation.Range) step;
                if (range.revision() < 0) throw new DeniedException(Denial.COMPACTED);
                long at = range.revision() == 0 ? revision : range.revision();
                checkReadable(at, revision);
                Outcome.Ranged ranged = reading.range(range, at, revision, rows);
                if (range.revision() != 0) checkReadable(at, revision);
                outcomes.add(ranged);
            }
            return new Outcome.Txn(revision, succeeded, outcomes);
        });
    }

    /// Reads without a lock, and looks afterwards whether a compaction overtook the read: then what was read may lack
    /// something. A read of one moment is refused; a read of now is done again.
    private <T> T snapshot(List<Long> moment, LongFunction<T> read) {
        while (true) {
            long revision = visible.revision();
            long at = moment.isEmpty() ? revision : moment.getFirst();
            if (!moment.isEmpty()) checkReadable(at, revision);
            T result = read.apply(revision);
            if (at >= visible.compacted()) return result;
            if (!moment.isEmpty()) throw new DeniedException(Denial.COMPACTED);
        }
    }

    private void checkReadable(long at, long revision) {
        if (at > revision) throw new DeniedException(Denial.FUTURE_REVISION);
        if (at < visible.compacted()) throw new DeniedException(Denial.COMPACTED);
    }
}
