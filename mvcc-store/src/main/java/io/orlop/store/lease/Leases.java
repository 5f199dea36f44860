package io.orlop.store.lease;

import io.orlop.store.api.Octets;
import io.orlop.store.log.LogRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// All leases and what hangs on them. Belongs to the writer: no other thread looks in here.
///
/// Time left is kept over a restart: the log has notes of it, and a clean stop notes all. After a crash a lease may
/// live longer than it should by at most half its time, never shorter.
public final class Leases {
    /// What the store makes of an id 0 and a time too short is decided before this.
    public static final long TTL_SECONDS_MAX = 9_000_000_000L;

    /// What a lease takes in memory, in the three places where it is looked for; and a key that hangs on one,
    /// beside its bytes.
    private static final long LEASE_BYTES = 320;

    private static final long KEY_BYTES = 160;

    private final TreeMap<Long, Lease> leases = new TreeMap<>();
    private final Map<Octets, Long> leaseOfKey = new HashMap<>();

    /// All bytes of those keys.
    private long keyBytes;

    private volatile long bytes;

    /// The one that needs attention first in front. The moment may be early, never late: what happens to a lease only
    /// moves it away, so a renewal need not look for its place, and it is looked at again when the old moment
    /// comes.
    private final TreeSet<Lease> byAttention = new TreeSet<>(Lease.BY_ATTENTION);

    public boolean has(long id) {
        return leases.containsKey(id);
    }

    public int size() {
        return leases.size();
    }

    /// About how many bytes of memory they take. Any thread may ask.
    public long bytes() {
        return bytes;
    }

    private void measure() {
        bytes = LEASE_BYTES * leases.size() + KEY_BYTES * leaseOfKey.size() + keyBytes;
    }

    public LogRecord grant(long id, long ttlSeconds, long nowNanos) {
        Lease lease = new Lease(id, ttlSeconds, ttlSeconds * 1000, nowNanos);
        leases.put(id, lease);
        attend(lease, lease.attentionDueNanos());
        measure();
        return new LogRecord.LeaseKept(id, ttlSeconds, lease.notedRemainingMs);
    }

    /// Gives the lease its full time again.
    ///
    /// @return what the log must hear of it first, if it believes that there is less time
    public @Nullable LogRecord renew(long id, long nowNanos) {
        Lease lease = known(id);
        lease.remain(lease.ttlSeconds * 1000, nowNanos);
        if (lease.notedRemainingMs >= lease.ttlSeconds * 1000) return null;
        return note(lease, nowNanos);
    }

    private static LogRecord note(Lease lease, long nowNanos) {
        lease.notedRemainingMs = Math.max(0, lease.remainingMs(nowNanos));
        return new LogRecord.LeaseKept(lease.id, lease.ttlSeconds, lease.notedRemainingMs);
    }

    /// What hangs on the lease, sorted.
    public List<Octets> keys(long id) {
        return List.copyOf(known(id).keys);
    }

    /// The lease is gone. Nothing hangs on it any more.
    public void end(long id) {
        Lease lease = known(id);
        leases.remove(id);
        byAttention.remove(lease);
        measure();
    }

    /// It has no time left, and nothing renews it any more: all that is left for it is to end.
    ///
    /// @return what the log must hear of that
    public LogRecord expire(long id, long nowNanos) {
        Lease lease = known(id);
        lease.remain(0, nowNanos);
        attend(lease, nowNanos);
        return note(lease, nowNanos);
    }

    public boolean isExpired(long id, long nowNanos) {
        return known(id).deadlineNanos - nowNanos <= 0;
    }

    /// Hangs the key on this lease and on no other; 0 hangs it on none.
    public void attach(Octets key, long id) {
        Long before = put(key, id);
        if (before == null && id == 0) return;
        measure();
        if (before != null && before != id && leases.get(before) instanceof Lease old) old.keys.remove(key);
        if (leases.get(id) instanceof Lease lease) lease.keys.add(key);
    }

    private @Nullable Long put(Octets key, long id) {
        Long before = id == 0 ? leaseOfKey.remove(key) : leaseOfKey.put(key, id);
        if (before == null && id != 0) keyBytes += key.length();
        if (before != null && id == 0) keyBytes -= key.length();
        return before;
    }

    public void detach(Octets key) {
        attach(key, 0);
    }

    /// The lease that the key hangs on now, 0 for none.
    public long of(Octets key) {
        return leaseOfKey.getOrDefault(key, 0L);
    }

    public @Nullable LeaseView view(long id, long nowNanos, boolean withKeys) {
        Lease lease = leases.get(id);
        if (lease == null) return null;
        List<Octets> keys = withKeys ? List.copyOf(lease.keys) : List.of();
        return new LeaseView(id, lease.ttlSeconds, Math.floorDiv(lease.remainingMs(nowNanos), 1000), keys);
    }

    public long ttlSeconds(long id) {
        return known(id).ttlSeconds;
    }

    /// All ids, the one that expires first in front.
    public List<Long> byExpiry() {
        return leases.values().stream()
                .sorted(Comparator.comparingLong((Lease lease) -> lease.deadlineNanos))
                .map(lease -> lease.id)
                .toList();
    }

    /// In how many nanoseconds the writer should look again at the latest; `Long.MAX_VALUE` if never.
    public long attentionInNanos(long nowNanos) {
        return byAttention.isEmpty() ? Long.MAX_VALUE : Math.max(0, byAttention.first().attentionNanos - nowNanos);
    }

    /// What is due next, the longest overdue first; null if nothing is.
    public @Nullable Attention attention(long nowNanos) {
        while (!byAttention.isEmpty() && byAttention.first().attentionNanos - nowNanos <= 0) {
            Lease lease = byAttention.first();
            boolean expired = lease.deadlineNanos - nowNanos <= 0;
            long due = expired ? lease.deadlineNanos : lease.attentionDueNanos();
            if (due != lease.attentionNanos) {
                attend(lease, due);
            } else if (expired) {
                return new Attention.Expired(lease.id);
            } else {
                LogRecord note = note(lease, nowNanos);
                attend(lease, lease.attentionDueNanos());
                return new Attention.Noted(note);
            }
        }
        return null;
    }

    /// What the writer has to do about a lease.
    public sealed interface Attention {
        /// Its time is over: it is to be ended.
        record Expired(long id) implements Attention {}

        /// Half of what the log would give it is gone, and the log should hear of it.
        record Noted(LogRecord note) implements Attention {}
    }

    private void attend(Lease lease, long nanos) {
        byAttention.remove(lease);
        lease.attentionNanos = nanos;
        byAttention.add(lease);
    }

    /// Notes of all leases, for a segment's start and a clean stop.
    public List<LogRecord> notes(long nowNanos) {
        List<LogRecord> notes = new ArrayList<>();
        for (Lease lease : leases.values()) notes.add(note(lease, nowNanos));
        return notes;
    }

    /// The log says this while it is opened.
    public void replay(LogRecord record, long nowNanos) {
        switch (record) {
            case LogRecord.LeaseKept(long id, long ttlSeconds, long remainingMs) ->
                leases.put(id, new Lease(id, ttlSeconds, remainingMs, nowNanos));
            case LogRecord.LeaseEnded(long id) -> leases.remove(id);
            case LogRecord.Checkpoint() -> leases.clear();
            case LogRecord.Put put -> put(put.kv().key(), put.kv().lease());
            case LogRecord.Tombstone tombstone -> put(tombstone.key(), 0);
            case LogRecord.CompactionScheduled _,
                    LogRecord.CompactionFinished _,
                    LogRecord.Auth _,
                    LogRecord.AlarmSwitched _,
                    LogRecord.Sealed _ -> {}
        }
        measure();
    }

    /// The log has said all: every lease gets its keys, and its time runs from now.
    public void replayed(long nowNanos) {
        leaseOfKey.values().removeIf(id -> !leases.containsKey(id));
        keyBytes = 0;
        leaseOfKey.forEach((key, id) -> {
            known(id).keys.add(key);
            keyBytes += key.length();
        });
        measure();
        for (Lease lease : leases.values()) {
            lease.remain(lease.notedRemainingMs, nowNanos);
            attend(lease, lease.attentionDueNanos());
        }
    }

    private Lease known(long id) {
        Lease lease = leases.get(id);
        if (lease == null) throw new IllegalStateException("there is no lease " + Long.toHexString(id));
        return lease;
    }
}
