package io.orlop.control.loop;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Walks over everything a loop is responsible for, some ids a second, again and again: what wakes have missed is found
/// in the end, at a cost that does not grow with what there is. In a healthy run it finds nothing.
///
/// ```
///   a b c d e f g h …        perSecond = 3, a round begins every 10 s or as soon as the last one has ended
///   1st second  a b c                           b is amiss: suspected, a wake may be on its way
///   2nd second        d e f                     b is still amiss, and nobody woke it: found
/// ```
///
/// Not thread-safe.
final class Patrol<K> {
    static final long SECOND = 1_000_000_000L;

    private final Scope<K> scope;
    private final int perSecond;
    private final long periodNanos;
    private List<K> suspects = List.of();
    private @Nullable Iterator<K> round;
    private long nextRoundNanos;
    private long nextStepNanos;

    Patrol(Scope<K> scope, int perSecond, long periodNanos, long nowNanos) {
        this.scope = scope;
        this.perSecond = perSecond;
        this.periodNanos = periodNanos;
        begin(nowNanos);
    }

    /// The next round begins in a period: somebody has just looked at everything.
    void begin(long nowNanos) {
        round = null;
        suspects = List.of();
        nextRoundNanos = nowNanos + periodNanos;
        nextStepNanos = nextRoundNanos;
    }

    long nextStepNanos() {
        return nextStepNanos;
    }

    /// Looks at a second's share of ids, if it is time to.
    ///
    /// @param found is told what is amiss and was so a second ago
    /// @return how many ids of its round it has looked at
    int step(long nowNanos, Consumer<K> found) {
        if (nowNanos - nextStepNanos < 0) return 0;
        suspects.stream().filter(scope::needsALook).forEach(found);
        suspects = List.of();
        int looks = walk(nowNanos);
        nextStepNanos = nowNanos + SECOND;
        if (round == null && suspects.isEmpty()) nextStepNanos = Math.max(nextStepNanos, nextRoundNanos);
        return looks;
    }

    private int walk(long nowNanos) {
        if (round == null) {
            if (nowNanos - nextRoundNanos < 0) return 0;
            round = scope.ids();
            nextRoundNanos = nowNanos + periodNanos;
        }
        var amiss = new ArrayList<K>();
        int looks = 0;
        for (; looks < perSecond && round.hasNext(); looks++) {
            K id = round.next();
            if (scope.needsALook(id)) amiss.add(id);
        }
        if (!round.hasNext()) round = null;
        suspects = amiss;
        return looks;
    }

    /// Looks at all ids now.
    void everything(long nowNanos, Consumer<K> found) {
        scope.ids().forEachRemaining(id -> {
            if (scope.needsALook(id)) found.accept(id);
        });
        begin(nowNanos);
    }
}
