package io.orlop.store.proof;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Looks for an order of overlapping calls in which each is answered as if they had come one by one, and none comes
/// before one that was over when it began. Wing and Gong's search, with Lowe's memory of where it was in vain.
///
/// ```
///   a  ├── put x=1 ──┤                    may come next: what began before the first end, here a and b
///   b      ├──── get x → 1 ─────┤
///   c                  ├─ put x=2 ─ ?     of no known outcome: may come at any time from now on, or never
///   d                        ├─ get x → 1 ─┤
/// ```
/// A call that changes nothing and is right now is taken at once: whatever order is found later, it may as well come
/// here.
final class Linearizability<S> {
    /// So many places in vain are as good as a no: where there is an order, answers with revisions lead to it.
    private static final int PLACES_MAX = 100_000;

    private static final int LOOK_AHEAD = 200;
    private static final long STACK_BYTES = 1L << 30;

    /// @param order what was found, or how far it went at best
    /// @param end the state after it
    record Verdict<S>(boolean holds, List<Call> order, S end) {}

    private record Place(BitSet taken, Object state) {}

    private final Sequential<S> model;
    private final List<Call> calls;
    private final Set<Place> inVain = new HashSet<>();
    private final Deque<Call> order = new ArrayDeque<>();
    private List<Call> longest = List.of();
    private S end;

    private Linearizability(Sequential<S> model, List<Call> history) {
        this.model = model;
        calls = new ArrayList<>(history);
        calls.sort(Comparator.comparingLong(Call::invoked));
        end = model.start();
    }

    static <S> Verdict<S> of(Sequential<S> model, List<Call> history) {
        Linearizability<S> search = new Linearizability<>(model, history);
        // It goes as deep as there are changes in the history.
        FutureTask<Boolean> found = new FutureTask<>(() -> search.search(new BitSet(), model.start()));
        new Thread(null, found, "search", STACK_BYTES).start();
        try {
            return new Verdict<>(found.get(), search.longest, search.end);
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean search(BitSet taken, S state) {
        int before = order.size();
        takeReads(taken, state);
        if (order.size() >= longest.size()) {
            longest = List.copyOf(order);
            end = state;
        }
        long bound = firstEnd(taken);
        if (bound == Long.MAX_VALUE) return true;
        if (inVain.size() >= PLACES_MAX
                || isHopeless(taken, state)
                || !inVain.add(new Place(taken, model.fingerprint(state)))) {
            forgetTo(before);
            return false;
        }
        for (int i = taken.nextClearBit(0); i < calls.size() && calls.get(i).invoked() < bound; i++) {
            if (taken.get(i)) continue;
            S after = model.after(state, calls.get(i));
            if (after == null || after == state) continue;
            BitSet more = (BitSet) taken.clone();
            more.set(i);
            order.addLast(calls.get(i));
            if (search(more, after)) return true;
            order.removeLast();
        }
        forgetTo(before);
        return false;
    }

    private void takeReads(BitSet taken, S state) {
        boolean again = true;
        while (again) {
            again = false;
            long bound = firstEnd(taken);
            for (int i = taken.nextClearBit(0); i < calls.size() && calls.get(i).invoked() < bound; i++) {
                Call call = calls.get(i);
                if (taken.get(i) || call.isUnknown() || model.after(state, call) != state) continue;
                taken.set(i);
                order.addLast(call);
                again = true;
            }
        }
    }

    /// When the first of those that are left was over; the end of time if all that are left are of no known outcome.
    private long firstEnd(BitSet taken) {
        long first = Long.MAX_VALUE;
        for (int i = taken.nextClearBit(0); i < calls.size() && calls.get(i).invoked() < first; i++) {
            if (!taken.get(i)) first = Math.min(first, calls.get(i).returned());
        }
        return first;
    }

    /// Looks further ahead than to what may come next: who took a change of no known outcome too early sees it at once.
    private boolean isHopeless(BitSet taken, S state) {
        int from = taken.nextClearBit(0);
        int to = Math.min(calls.size(), Math.max(taken.length(), from) + LOOK_AHEAD);
        for (int i = from; i < to; i++) {
            if (!taken.get(i) && model.isTooLate(state, calls.get(i))) return true;
        }
        return false;
    }

    private void forgetTo(int size) {
        while (order.size() > size) order.removeLast();
    }

    /// For whoever must find out why there is none: the last of the longest order, and what could not follow.
    static @Nullable String why(Verdict<?> verdict, List<Call> history) {
        if (verdict.holds()) return null;
        List<Call> order = verdict.order();
        List<Call> left = new ArrayList<>(history);
        left.removeAll(order);
        left.sort(Comparator.comparingLong(Call::invoked));
        StringBuilder text = new StringBuilder("no order; the longest, " + order.size() + " calls, ends with\n");
        for (Call call : order.subList(Math.max(0, order.size() - 6), order.size())) {
            text.append("  ").append(call).append('\n');
        }
        text.append("and cannot be followed by any of\n");
        for (Call call : left.subList(0, Math.min(10, left.size())))
            text.append("  ").append(call).append('\n');
        return text.toString();
    }
}
