package io.orlop.control.view;

import io.orlop.model.NodeId;
import io.orlop.wire.service.Fact;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// What is known from an agent's answer alone, and which registry-service has not told yet. It counts, but only for so
/// long: what is made and lost between two questions to its node is never told, neither that it came nor that it went.
///
/// ```
///   answered ──┬── told ────────────────────────────► an observation like any other
///              └── its node was started again, or was asked since, or it was too long ago ──► not there
/// ```
final class Answers {
    /// Longer than the longest pause between two questions to a node.
    private static final long LONGEST_NANOS = 180_000_000_000L;

    private final Map<Fact.Id, Long> sinceNanos = new ConcurrentSkipListMap<>();

    void answered(Fact.Id id, long nowNanos) {
        sinceNanos.put(id, nowNanos);
    }

    /// The stream has told it, or it is gone.
    void settled(Fact.Id id) {
        if (!sinceNanos.isEmpty()) sinceNanos.remove(id);
    }

    boolean contains(Fact.Id id) {
        return sinceNanos.containsKey(id);
    }

    /// Those of this node that were answered before this time: they are forgotten here.
    List<Fact.Id> takeOf(NodeId node, long beforeNanos) {
        var taken = new ArrayList<Fact.Id>();
        sinceNanos.forEach((id, since) -> {
            if (id.node().equals(node) && (beforeNanos == Long.MAX_VALUE || since - beforeNanos < 0)) taken.add(id);
        });
        taken.forEach(sinceNanos::remove);
        return taken;
    }

    /// Those that nobody has told for too long.
    List<Fact.Id> takeStale(long nowNanos) {
        if (sinceNanos.isEmpty()) return List.of();
        var taken = new ArrayList<Fact.Id>();
        sinceNanos.forEach((id, since) -> {
            if (nowNanos - since > LONGEST_NANOS) taken.add(id);
        });
        taken.forEach(sinceNanos::remove);
        return taken;
    }
}
