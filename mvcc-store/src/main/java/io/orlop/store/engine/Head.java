package io.orlop.store.engine;

import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.auth.AuthChange;
import io.orlop.store.auth.AuthCodec;
import io.orlop.store.auth.AuthEntry;
import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.Rights;
import io.orlop.store.history.Change;
import io.orlop.store.history.KeyHistory;
import io.orlop.store.history.KeyIndex;
import io.orlop.store.history.Values;
import io.orlop.store.lease.LeaseClock;
import io.orlop.store.lease.LeaseView;
import io.orlop.store.lease.Leases;
import io.orlop.store.log.Log;
import io.orlop.store.log.LogRecord;
import io.orlop.store.log.Rewritten;
import io.orlop.store.measure.Tally;
import io.orlop.store.measure.Tally.Count;
import io.orlop.store.watch.Committed.Changed;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The state as the writer has it: a group commit ahead of what anybody sees. Each change is checked first, then made,
/// in memory and as one frame of the log; a refused one leaves nothing behind. Belongs to the writer's thread.
final class Head {
    private static final long NOW = Long.MAX_VALUE;
    private static final long SLOW_NANOS = 100_000_000;

    /// What a change takes that is kept for watchers, beside what the request had in memory anyway.
    private static final long CHANGE_BYTES = 400;

    private final KeyIndex index;
    private final Values values;
    private final Leases leases;
    private final LeaseClock leaseClock;
    private final Alarms alarms;
    private final Log log;
    private final Reading reading;
    private final StoreOptions options;
    private final Ambient ambient;
    private final Tally tally = new Tally();

    /// Others ask how large it is.
    private volatile AuthState auth;

    private long revision;
    private long compacted;
    private List<Changed> changes = new ArrayList<>();

    /// Some were not kept, since they were too many: watchers read of them in the log.
    private boolean changesMissed;

    /// What answers have in memory that were made since somebody asked.
    private long answerBytes;

    /// The changes made so far by the frame that is being made; negative when there is none.
    private int sub = -1;

    private DeletionRoom deletionRoom = DeletionRoom.UNLIMITED;

    /// A lease could not end for want of room.
    private boolean starved;

    Head(
            KeyIndex index,
            Values values,
            Leases leases,
            AuthState auth,
            Alarms alarms,
            Log log,
            StoreOptions options,
            Ambient ambient,
            long revision,
            long compacted) {
        this.index = index;
        this.values = values;
        this.leases = leases;
        this.leaseClock = new LeaseClock(ambient::nanos);
        this.auth = auth;
        this.alarms = alarms;
        this.log = log;
        this.reading = new Reading(index, values);
        this.options = options;
        this.ambient = ambient;
        this.revision = revision;
        this.compacted = compacted;
    }

    Tally tally() {
        return tally;
    }

    long revision() {
        return revision;
    }

    long compacted() {
        return compacted;
    }

    Leases leases() {
        return leases;
    }

    LeaseClock leaseClock() {
        return leaseClock;
    }

    /// What this caller may do, by what the writer knows: a change of users that was queued before counts.
    Rights rights(Caller caller) {
        return new Rights(auth, caller);
    }

    List<Octets> keysOfLease(long id) {
        LeaseView view = lease(id, true);
        return view == null ? List.of() : view.keys();
    }

    /// What users, roles and permissions take in memory. Any thread may ask.
    long authBytes() {
        return auth.bytes();
    }

    /// Changes users, roles or permissions; one frame holds all of it.
    ///
    /// @param mayGrow whether there is room for more of them
    AuthState change(AuthChange change, BooleanSupplier mayGrow) {
        AuthState next = change.applyTo(auth);
        if (change.grows() && !mayGrow.getAsBoolean()) throw new DeniedException(Denial.NO_SPACE);
        note(authRecords(next.since(auth)));
        auth = next;
        return next;
    }

    private static List<LogRecord> authRecords(List<AuthEntry> entries) {
        List<LogRecord> records = new ArrayList<>();
        for (AuthEntry entry : entries) records.add(new LogRecord.Auth(AuthCodec.encode(entry)));
        return records;
    }

    /// What was changed since this was last asked; null if that was too much to keep.
    @Nullable
    List<Changed> takeChanges() {
        List<Changed> taken = changesMissed ? null : changes;
        changes = new ArrayList<>();
        changesMissed = false;
        answerBytes = 0;
        return taken;
    }

    /// What the answers take that were made since the changes were taken.
    long answerBytes() {
        return answerBytes;
    }

    Outcome apply(Operation operation) {
        long start = ambient.nanos();
        Plan plan = plan(operation, revision);
        checkAgainstState(plan);
        checkSize(plan);
        sub = 0;
        Outcome outcome = perform(plan);
        endChanges();
        answerBytes += Collected.bytesOf(outcome);
        tally.did(operation, outcome);
        if (ambient.nanos() - start > SLOW_NANOS) tally.add(Count.SLOW_CHANGES, 1);
        return outcome;
    }

    /// An operation whose branches are chosen: all comparisons see the state before the transaction.
    private sealed interface Plan {
        record Simple(Operation operation) implements Plan {}

        record Branch(boolean succeeded, List<Plan> steps) implements Plan {
            <T extends Operation> void forEach(Class<T> kind, Consumer<T> check) {
                for (Plan step : steps) {
                    if (step instanceof Branch nested) nested.forEach(kind, check);
                    else if (step instanceof Simple simple && kind.isInstance(simple.operation())) {
                        check.accept(kind.cast(simple.operation()));
                    }
                }
            }
        }
    }

    private Plan plan(Operation operation, long at) {
        if (!(operation instanceof Operation.Txn txn)) return new Plan.Simple(operation);
        boolean succeeded = reading.holds(txn.comparisons(), at, leases::of);
        List<Plan> steps = new ArrayList<>();
        for (Operation step : succeeded ? txn.success() : txn.failure()) steps.add(plan(step, at));
        return new Plan.Branch(succeeded, steps);
    }

    /// All puts first, then all ranges: of several mistakes, etcd's clients hear of the same one.
    private void checkAgainstState(Plan plan) {
        switch (plan) {
            case Plan.Simple(Operation.Put put) -> {
                checkLease(put);
                checkKept(put);
            }
            case Plan.Simple(Operation.Range range) -> checkRange(range);
            // A deletion of nothing is no mistake, and transactions are branches here.
            case Plan.Simple _ -> {}
            case Plan.Branch branch -> {
                branch.forEach(Operation.Put.class, put -> {
                    checkKept(put);
                    checkLease(put);
                });
                branch.forEach(Operation.Range.class, this::checkRange);
            }
        }
    }

    private void checkLease(Operation.Put put) {
        if (put.lease() != 0 && !leases.has(put.lease())) throw new DeniedException(Denial.LEASE_NOT_FOUND);
    }

    private void checkKept(Operation.Put put) {
        if ((put.keepValue() || put.keepLease()) && alive(put.key()) == null) {
            throw new DeniedException(Denial.KEY_NOT_FOUND);
        }
    }

    /// What is read in a transaction is in memory until it is answered, and a transaction is not refused half done.
    private void checkSize(Plan plan) {
        if (plan instanceof Plan.Branch branch) {
            Collected rows = Collected.weighed(options.answerBytesMax());
            branch.forEach(Operation.Range.class, range -> weigh(range, rows));
            branch.forEach(Operation.Delete.class, delete -> weigh(delete, rows));
        } else if (plan instanceof Plan.Simple(Operation.Delete delete)) {
            weigh(delete, Collected.weighed(options.answerBytesMax()));
        }
    }

    private void weigh(Operation.Delete delete, RowSink rows) {
        if (delete.previous()) weigh(Operation.Range.of(delete.keys()), rows);
    }

    private void weigh(Operation.Range range, RowSink rows) {
        if (range.keys().isSingle()) return;
        var _ = reading.range(range, range.revision() > 0 ? range.revision() : NOW, revision, rows);
    }

    /// Whether so much may be deleted at once. The frame of it is in memory as a whole, now and whenever its segment is
    /// read.
    ///
    /// @param most keys that may be
    /// @throws DeniedException if it would be more, too long a frame, or one that the disk has no room for
    void checkDeletions(Operation operation, long most) {
        if (!deletes(operation)) return;
        long room = deletionRoom.bytes();
        Deletions left = new Deletions(most, options.deletionBytesMax(), room);
        checkDeletions(operation, left);
        deletionRoom.take(room - left.roomLeft());
    }

    /// @param room what the disk has for deletions; as much as they want if nobody says so
    void deletesWithin(DeletionRoom room) {
        deletionRoom = room;
    }

    private static boolean deletes(Operation operation) {
        return switch (operation) {
            case Operation.Put _, Operation.Range _ -> false;
            case Operation.Delete _ -> true;
            case Operation.Txn txn -> deletes(txn.success()) || deletes(txn.failure());
        };
    }

    private static boolean deletes(List<Operation> branch) {
        for (Operation step : branch) if (deletes(step)) return true;
        return false;
    }

    private void checkDeletions(Operation operation, Deletions soFar) {
        switch (operation) {
            case Operation.Put _, Operation.Range _ -> {}
            case Operation.Delete(KeyRange keys, boolean _) -> checkDeletions(keys, soFar);
            case Operation.Txn txn -> {
                Deletions failing = soFar.copy();
                for (Operation step : txn.success()) checkDeletions(step, soFar);
                for (Operation step : txn.failure()) checkDeletions(step, failing);
                soFar.atMost(failing);
            }
        }
    }

    private void checkDeletions(KeyRange keys, Deletions soFar) {
        if (keys.isSingle()) {
            if (alive(keys.from()) != null) soFar.count(keys.from());
            return;
        }
        for (KeyHistory history : index.histories(keys)) {
            if (history.isAliveAt(NOW)) soFar.count(history.key());
        }
    }

    private void checkRange(Operation.Range range) {
        if (range.revision() == 0) return;
        if (range.revision() > revision) throw new DeniedException(Denial.FUTURE_REVISION);
        if (range.revision() < compacted || range.revision() < 0) throw new DeniedException(Denial.COMPACTED);
    }

    private Outcome perform(Plan plan) {
        return switch (plan) {
            case Plan.Branch(boolean succeeded, List<Plan> steps) -> {
                List<Outcome> outcomes = new ArrayList<>(steps.size());
                for (Plan step : steps) outcomes.add(perform(step));
                yield new Outcome.Txn(reached(), succeeded, outcomes);
            }
            case Plan.Simple(Operation.Range range) ->
                reading.range(range, range.revision() > 0 ? range.revision() : NOW, reached());
            case Plan.Simple(Operation.Put put) -> put(put);
            case Plan.Simple(Operation.Delete delete) -> delete(delete);
            case Plan.Simple(Operation.Txn txn) -> throw new IllegalStateException("unplanned " + txn);
        };
    }

    /// The revision as of the changes made so far.
    private long reached() {
        return sub > 0 ? revision + 1 : revision;
    }

    private @Nullable Change alive(Octets key) {
        KeyHistory history = index.history(key);
        return history == null ? null : history.aliveAt(NOW);
    }

    private Outcome put(Operation.Put put) {
        Octets key = put.key();
        KeyHistory history = index.historyToAppend(key);
        Change before = history == null ? null : history.aliveAt(NOW);
        KeyValue previous = null;
        if (history != null && before != null && (put.previous() || put.keepValue())) {
            previous = values.of(history, before);
        }
        Octets value = put.keepValue() && previous != null ? previous.value() : put.value();
        long lease = put.keepLease() ? leases.of(key) : put.lease();
        beginChange();
        Change next = history == null ? Change.birth(revision + 1, sub) : history.nextPut(revision + 1, sub);
        KeyValue kv = new KeyValue(key, value, next.create(), next.main(), next.version(), lease);
        long location = log.add(new LogRecord.Put(kv, sub));
        index.append(key, new Change(next.main(), sub, next.create(), next.version(), location));
        leases.attach(key, lease);
        if (before == null) tally.add(Count.KEYS, 1);
        tally.add(Count.PUT_BYTES, (long) key.length() + value.length());
        changed(new Event(Event.Kind.PUT, kv, null), before);
        if (before != null) log.segments().followed(before.location());
        return new Outcome.Put(reached(), put.previous() ? previous : null);
    }

    private Outcome delete(Operation.Delete delete) {
        long count = 0;
        List<KeyValue> previous = new ArrayList<>();
        for (KeyHistory history : index.histories(delete.keys())) {
            Change before = history.aliveAt(NOW);
            if (before == null) continue;
            count++;
            if (delete.previous() && values.of(history, before) instanceof KeyValue kv) previous.add(kv);
            tombstone(history.key(), before);
        }
        return new Outcome.Deleted(reached(), count, previous);
    }

    private void tombstone(Octets key, Change before) {
        beginChange();
        addTombstone(key, before);
        leases.detach(key);
    }

    private void addTombstone(Octets key, Change before) {
        long location = log.add(new LogRecord.Tombstone(key, revision + 1, sub));
        index.append(key, new Change(revision + 1, sub, 0, 0, location));
        tally.add(Count.KEYS, -1);
        changed(new Event(Event.Kind.DELETE, KeyValue.tombstone(key, revision + 1), null), before);
        log.segments().followed(before.location());
    }

    private void beginChange() {
        if (sub == 0) log.begin();
    }

    private void changed(Event event, @Nullable Change before) {
        keep(new Changed(event, before));
        sub++;
    }

    private void keep(Changed change) {
        if (changesMissed) return;
        if (CHANGE_BYTES * changes.size() < options.underWayBytes()) {
            changes.add(change);
        } else {
            changesMissed = true;
            changes = new ArrayList<>();
        }
    }

    private void endChanges() {
        if (sub > 0) log.end(++revision);
        sub = -1;
    }

    void note(List<LogRecord> records) {
        if (records.isEmpty()) return;
        log.begin();
        records.forEach(log::add);
        log.end(revision);
    }

    void compact(long upTo) {
        if (upTo <= compacted) throw new DeniedException(Denial.COMPACTED);
        if (upTo > revision) throw new DeniedException(Denial.FUTURE_REVISION);
        note(List.of(new LogRecord.CompactionScheduled(upTo)));
        compacted = upTo;
        // etcd looks a key up to see where it is.
        tally.add(Count.RANGES, 1);
    }

    /// @return the alarm, if it is on afterwards or was on before
    List<Alarm> switchAlarm(Alarm alarm, boolean on) {
        boolean was = alarms.on().contains(alarm);
        LogRecord switched = new LogRecord.AlarmSwitched(alarm, on);
        note(List.of(switched));
        alarms.replay(switched);
        // Found out by the store itself; it will be again, if it is still so.
        if (!on && alarm.member() == 0 && alarm.kind() == Alarm.Kind.NO_SPACE) alarms.scarce(false);
        return on || was ? List.of(alarm) : List.of();
    }

    LeaseView grant(long wantedId, long wantedSeconds) {
        if (wantedSeconds > Leases.TTL_SECONDS_MAX) throw new DeniedException(Denial.LEASE_TTL_TOO_LARGE);
        if (leases.has(wantedId)) throw new DeniedException(Denial.LEASE_EXISTS);
        long id = wantedId;
        while (id == 0 || leases.has(id)) id = ambient.random().nextLong() & Long.MAX_VALUE;
        long seconds = Math.max(wantedSeconds, options.leaseSecondsMin());
        note(List.of(leases.grant(id, seconds, leaseClock.nanos())));
        tally.add(Count.LEASES_GRANTED, 1);
        tally.leaseSeconds.add(seconds);
        return new LeaseView(id, seconds, seconds, List.of());
    }

    /// Deletes what hangs on the lease, and ends it, under one revision. Of more than one frame should hold only
    /// a part is deleted. From then on the lease is one whose time is over, also after a crash: nobody can keep
    /// what is left of it.
    ///
    /// @return whether it has ended
    /// @throws DeniedException also if the disk has no room for the least part
    boolean revoke(long id) {
        if (!leases.has(id)) throw new DeniedException(Denial.LEASE_NOT_FOUND);
        long room = deletionRoom.bytes();
        if (room <= 0) throw new DeniedException(Denial.NO_SPACE);
        List<Octets> keys = leases.keys(id);
        Deletions left = new Deletions(Long.MAX_VALUE, options.deletionBytesMax(), room);
        int count = left.fitting(keys);
        deletionRoom.take(room - left.roomLeft());
        boolean ends = count == keys.size();
        log.begin();
        log.add(ends ? new LogRecord.LeaseEnded(id) : leases.expire(id, leaseClock.nanos()));
        // The frame is open: the deletions go into it, under one revision, sorted by key.
        sub = 0;
        for (Octets key : keys.subList(0, count)) {
            Change before = alive(key);
            leases.detach(key);
            if (before != null) addTombstone(key, before);
        }
        if (ends) leases.end(id);
        if (ends) tally.add(Count.LEASES_REVOKED, 1);
        tally.add(Count.DELETIONS, sub);
        if (sub > 1) tally.add(Count.TRANSACTIONS, 1);
        if (sub > 0) revision++;
        sub = -1;
        log.end(revision);
        return ends;
    }

    /// Goes on with what [#revoke] began.
    ///
    /// @return whether nothing is left of it
    boolean revokeRest(long id) {
        return !leases.has(id) || !leases.isExpired(id, leaseClock.nanos()) || revoke(id);
    }

    /// Without room for it, its keys stay until there is some: its time is over all the same.
    ///
    /// @return whether there was room for it, or a part of it
    private boolean expire(long id) {
        starved = deletionRoom.bytes() <= 0;
        if (starved) return false;
        if (revoke(id)) tally.add(Count.LEASES_EXPIRED, 1);
        return true;
    }

    /// In how many nanoseconds a lease wants to be attended to. Where there was no room to end one, not at once again.
    long attentionInNanos() {
        long attention = leases.attentionInNanos(leaseClock.nanos());
        return starved ? Math.max(attention, LeaseClock.TICK_NANOS) : attention;
    }

    /// @return the lease's full time, or 0 if there is no such lease, or no more
    long renew(long id) {
        if (!leases.has(id)) return 0;
        if (leases.isExpired(id, leaseClock.nanos())) {
            var _ = expire(id);
            return 0;
        }
        LogRecord note = leases.renew(id, leaseClock.nanos());
        if (note != null) note(List.of(note));
        tally.add(Count.LEASES_RENEWED, 1);
        return leases.ttlSeconds(id);
    }

    @Nullable
    LeaseView lease(long id, boolean withKeys) {
        return leases.view(id, leaseClock.nanos(), withKeys);
    }

    /// Ends a lease whose time is over, or a part of it, or notes one that is half gone.
    ///
    /// @return whether there was one, and room for it
    boolean attendLease() {
        return switch (leases.attention(leaseClock.nanos())) {
            case Leases.Attention.Expired(long id) -> expire(id);
            case Leases.Attention.Noted(LogRecord note) -> {
                note(List.of(note));
                yield true;
            }
            case null -> false;
        };
    }

    /// Records went to another segment.
    boolean move(List<Rewritten.Move> moves) {
        for (Rewritten.Move move : moves) {
            // Compacted since it was copied: the copy is dead from the start.
            if (!index.move(move.key(), move.main(), move.sub(), move.from(), move.to())) continue;
            values.move(move.from(), move.to());
            KeyHistory history = index.history(move.key());
            Change newest = history == null ? null : history.aliveAt(NOW);
            if (newest != null && newest.location() == move.to()) log.segments().moved(move.from(), move.to());
        }
        return true;
    }

    /// All small state, for the start of a segment.
    List<LogRecord> checkpoint() {
        List<LogRecord> records = new ArrayList<>();
        records.add(new LogRecord.Checkpoint());
        if (compacted >= 0) records.add(new LogRecord.CompactionScheduled(compacted));
        records.addAll(leases.notes(leaseClock.nanos()));
        records.addAll(authRecords(auth.since(AuthState.NEW)));
        records.addAll(alarms.notes());
        return records;
    }
}
