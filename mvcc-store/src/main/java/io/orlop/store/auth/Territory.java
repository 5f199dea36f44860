package io.orlop.store.auth;

import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The union of key ranges, as intervals that neither overlap nor touch.
///
/// ```
///   granted     [a ─────── f)     [k]        [f ── h)          one key is the interval from it to itself and a 0
///   union       [a ───────────────── h)   [k]
///   asked       [c ─────────── g)         covered by two grants together
/// ```
final class Territory {
    /// @param from included
    /// @param to excluded, null for no end
    private record Interval(Octets from, @Nullable Octets to) {
        static Interval of(KeyRange keys) {
            if (keys.isOpen()) return new Interval(keys.from(), null);
            return new Interval(keys.from(), keys.isSingle() ? after(keys.from()) : keys.to());
        }

        /// The next key there can be.
        private static Octets after(Octets key) {
            return Octets.wrap(Arrays.copyOf(key.array(), key.length() + 1));
        }

        boolean reaches(Octets key) {
            return to == null || to.compareTo(key) >= 0;
        }

        boolean contains(Octets key) {
            return from.compareTo(key) <= 0 && (to == null || to.compareTo(key) > 0);
        }

        Interval and(Interval next) {
            if (to == null || next.to != null && next.to.compareTo(to) <= 0) return this;
            return new Interval(from, next.to);
        }
    }

    private final List<Interval> intervals;

    private Territory(List<Interval> intervals) {
        this.intervals = intervals;
    }

    static Territory of(List<KeyRange> ranges) {
        List<Interval> sorted = ranges.stream()
                .filter(keys -> !keys.isNothing())
                .map(Interval::of)
                .sorted(Comparator.comparing(Interval::from))
                .toList();
        List<Interval> merged = new ArrayList<>();
        for (Interval next : sorted) {
            if (!merged.isEmpty() && merged.getLast().reaches(next.from))
                merged.add(merged.removeLast().and(next));
            else merged.add(next);
        }
        return new Territory(merged);
    }

    /// How many intervals it has.
    int size() {
        return intervals.size();
    }

    /// A range that no key can be in is covered if the place where it would begin is.
    boolean covers(KeyRange keys) {
        Interval wanted = Interval.of(keys);
        for (Interval interval : intervals) {
            if (interval.contains(wanted.from)) {
                return interval.to == null || wanted.to != null && interval.reaches(wanted.to);
            }
        }
        return false;
    }
}
