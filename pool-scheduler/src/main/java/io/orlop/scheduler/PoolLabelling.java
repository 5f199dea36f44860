package io.orlop.scheduler;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Labels;
import io.orlop.model.PoolId;
import io.orlop.model.PoolSpec;
import io.orlop.model.Refusal;
import java.util.Map;
import java.util.function.UnaryOperator;

/// Writes what people say of pools. Nobody else has to know of it: a label counts when something is placed next.
final class PoolLabelling {
    private final Guards guards;
    private final ClusterView view;
    private final FencedWriter writer;

    PoolLabelling(Guards guards, ClusterView view, FencedWriter writer) {
        this.guards = guards;
        this.view = view;
        this.writer = writer;
    }

    void label(PoolId pool, Map<String, String> labels, boolean overwrite) {
        change(pool, spec -> spec.withLabels(Labels.with("pool " + pool, spec.labels(), labels, overwrite)));
    }

    void unlabel(PoolId pool, String key) {
        change(pool, spec -> spec.withLabels(Labels.without("pool " + pool, spec.labels(), key)));
    }

    private void change(PoolId pool, UnaryOperator<PoolSpec> change) {
        try (Guard _ = guards.acquire(Guarded.of(pool))) {
            Stored<PoolSpec> seen = view.pools()
                    .get(pool)
                    .orElseThrow(() -> new Refusal.NotFound("there is no pool " + pool, "list the pools").exception());
            writer.replace(view.pools(), pool, seen, change.apply(seen.value()));
        }
    }
}
