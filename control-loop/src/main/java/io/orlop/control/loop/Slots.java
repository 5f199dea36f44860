package io.orlop.control.loop;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// One slot for each id that has work or awaits some. Not thread-safe: [ReconcileLoop] holds its lock around it.
///
/// ```
///            wake                 take                    Settled
///   (none) ───────► Ready ────────────────► Running ──────────────────► (none)
///                     ▲                      │  ▲ │
///                     │ wake, or the time    │  └─┘ wake: once more afterwards
///                     │ has come             ▼
///                     ├──────────────── Waiting             Again, an exception
///                     └──────────────── Parked              Blocked
/// ```
///
/// Every step costs the same however many ids there are.
final class Slots<K> {
    private sealed interface Slot {
        record Ready() implements Slot {}

        record Running(boolean onceMore) implements Slot {}

        record Waiting(long ticket) implements Slot {}

        record Parked() implements Slot {}
    }

    /// An alarm that counts only while its id still waits with this ticket.
    private record Alarm<K>(long dueNanos, long ticket, K id) {}

    private record Parking(String why, long sinceNanos) {}

    private final Map<K, Slot> slots = new HashMap<>();
    private final Queue<K> ready = new ArrayDeque<>();
    private final PriorityQueue<Alarm<K>> alarms = new PriorityQueue<>(
            Comparator.<Alarm<K>>comparingLong(Alarm::dueNanos).thenComparingLong(Alarm::ticket));
    /// Who waits longest comes first.
    private final Map<K, Parking> parked = new LinkedHashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private long tickets;
    private int running;

    void wake(K id) {
        switch (slots.get(id)) {
            case null -> makeReady(id);
            case Slot.Ready _ -> {}
            case Slot.Running _ -> slots.put(id, new Slot.Running(true));
            case Slot.Waiting _, Slot.Parked _ -> makeReady(id);
        }
    }

    boolean knows(K id) {
        return slots.containsKey(id);
    }

    /// A wake of somebody who found the id amiss: known already, it is being attended to.
    ///
    /// @return whether it was not known
    boolean remind(K id) {
        if (knows(id)) return false;
        makeReady(id);
        return true;
    }

    /// What has waited for something outside since this time or longer is tried again, who waited longest first: maybe
    /// it has come without anybody's telling. Not more than so many at once: whoever is woken then waits behind
    /// them.
    void remindParked(long sinceNanos, int most) {
        List<K> longest = parked.entrySet().stream()
                .takeWhile(waits -> waits.getValue().sinceNanos() - sinceNanos <= 0)
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
        longest.forEach(this::makeReady);
    }

    /// Since when the one waits that waits longest for something outside; this time if none does.
    long parkedSinceNanos(long nowNanos) {
        return parked.values().stream().findFirst().map(Parking::sinceNanos).orElse(nowNanos);
    }

    private void makeReady(K id) {
        parked.remove(id);
        slots.put(id, new Slot.Ready());
        ready.add(id);
    }

    /// Makes ready what has waited long enough.
    ///
    /// @return nanoseconds until the next is due, or [Long#MAX_VALUE] if none waits
    long ring(long nowNanos) {
        while (alarms.peek() instanceof Alarm<K>(long dueNanos, long ticket, K id)) {
            boolean stands = slots.get(id) instanceof Slot.Waiting(long waiting) && waiting == ticket;
            if (stands && dueNanos > nowNanos) return dueNanos - nowNanos;
            alarms.remove();
            if (stands) makeReady(id);
        }
        return Long.MAX_VALUE;
    }

    /// Whether an alarm may be due by then.
    boolean ringsBefore(long nanos) {
        Alarm<K> first = alarms.peek();
        return first != null && first.dueNanos() - nanos < 0;
    }

    /// The next id to work on, running from now on; null if there is none or enough are running.
    @Nullable
    K take(int parallel) {
        if (running >= parallel) return null;
        K id = ready.poll();
        if (id == null) return null;
        slots.put(id, new Slot.Running(false));
        running++;
        return id;
    }

    void ended(K id, Outcome outcome, long nowNanos) {
        failures.remove(id);
        if (leave(id)) {
            makeReady(id);
            return;
        }
        switch (outcome) {
            case Outcome.Settled _ -> slots.remove(id);
            case Outcome.Again(var after) -> waitUntil(id, nowNanos + after.toNanos());
            case Outcome.Blocked(var why) -> park(id, new Parking(why, nowNanos));
        }
    }

    private void park(K id, Parking parking) {
        slots.put(id, new Slot.Parked());
        parked.put(id, parking);
    }

    /// Counts one more failure in a row.
    int failed(K id) {
        return failures.merge(id, 1, Integer::sum);
    }

    /// A wake during a run that failed does not shorten the pause: what fails and wakes itself would never rest.
    void failedUntil(K id, long dueNanos) {
        leave(id);
        waitUntil(id, dueNanos);
    }

    /// @return whether it was woken during the run
    private boolean leave(K id) {
        running--;
        return slots.get(id) instanceof Slot.Running(boolean onceMore) && onceMore;
    }

    private void waitUntil(K id, long dueNanos) {
        long ticket = tickets++;
        slots.put(id, new Slot.Waiting(ticket));
        alarms.add(new Alarm<>(dueNanos, ticket, id));
    }

    int known() {
        return slots.size();
    }

    int running() {
        return running;
    }

    boolean isIdle() {
        return running == 0 && ready.isEmpty();
    }

    @Nullable
    String parked(K id) {
        Parking parking = parked.get(id);
        return parking == null ? null : parking.why();
    }

    Map<K, String> parked() {
        var reasons = new LinkedHashMap<K, String>();
        parked.forEach((id, parking) -> reasons.put(id, parking.why()));
        return reasons;
    }
}
