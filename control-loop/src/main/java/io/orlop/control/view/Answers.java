package io.orlop.control.view;

import io.orlop.model.NodeId;
import io.orlop.wire.service.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/// What is known from an agent's answer alone, and which registry-service has not told yet. It counts, but only for so
/// long: what is made and lost, or changed and changed back, between two questions to its node is never told.
///
/// ```
///   answered ──┬── told ────────────────────────────► an observation like any other
///              └── its node was started again, or was asked since, or it was too long ago ──► what was told before
/// ```
final class Answers {
    /// Longer than the longest pause between two questions to a node.
    private static final long LONGEST_NANOS = 180_000_000_000L;

    private final Map<Fact.Id, Answer> answers = new ConcurrentSkipListMap<>();
    /// No answer is older.
    private long oldestNanos;

    /// @param told what the stream has told of it last; `null` for nothing
    private record Answer(long sinceNanos, @Nullable Told told) {}

    /// @param telling the one it came with: what is not told again in the next is not there any more
    record Told(Fact fact, int telling) {}

    /// An answer that does not count any more.
    ///
    /// @param told what counts again; `null` if it is not there
    record Expired(Fact.Id id, @Nullable Told told) {}

    /// @param known what was known of it; `null` for nothing
    void answered(Fact.Id id, @Nullable Told known, long nowNanos) {
        if (answers.isEmpty()) oldestNanos = nowNanos;
        Answer before = answers.get(id);
        answers.put(id, new Answer(nowNanos, before == null ? known : before.told()));
    }

    /// The stream has told it, or it is gone.
    void settled(Fact.Id id) {
        if (!answers.isEmpty()) answers.remove(id);
    }

    /// The stream has told everything anew: what it told before and has not told again comes back after no answer.
    void forgetOlderThan(int telling) {
        answers.replaceAll((_, answer) -> answer.told() != null && answer.told().telling() != telling
                ? new Answer(answer.sinceNanos(), null)
                : answer);
    }

    /// Whether nothing but an answer tells of it.
    boolean alone(Fact.Id id) {
        Answer answer = answers.get(id);
        return answer != null && answer.told() == null;
    }

    /// Those of this node that were answered before this time: they are forgotten here.
    List<Expired> takeOf(NodeId node, long beforeNanos) {
        return take((id, answer) ->
                id.node().equals(node) && (beforeNanos == Long.MAX_VALUE || answer.sinceNanos() - beforeNanos < 0));
    }

    /// Those that nobody has told for too long. They are looked through when one of them may be so old.
    List<Expired> takeStale(long nowNanos) {
        if (nowNanos - oldestNanos <= LONGEST_NANOS) return List.of();
        List<Expired> stale = take((_, answer) -> nowNanos - answer.sinceNanos() > LONGEST_NANOS);
        oldestNanos = answers.values().stream()
                .map(Answer::sinceNanos)
                .min((one, other) -> Long.signum(one - other))
                .orElse(nowNanos);
        return stale;
    }

    private List<Expired> take(BiPredicate<Fact.Id, Answer> which) {
        if (answers.isEmpty()) return List.of();
        var taken = new ArrayList<Expired>();
        answers.forEach((id, answer) -> {
            if (which.test(id, answer)) taken.add(new Expired(id, answer.told()));
        });
        taken.forEach(expired -> answers.remove(expired.id()));
        return taken;
    }
}
