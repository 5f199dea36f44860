package io.orlop.registry;

import io.orlop.control.guard.Guard;
import io.orlop.control.guard.Guarded;
import io.orlop.control.guard.Guards;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Stored;
import io.orlop.control.table.Table;
import io.orlop.control.table.Writes;
import io.orlop.model.Labels;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NodeSpec;
import io.orlop.model.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/// The specs of all nodes that ever registered, and who changes them: nodes what they say of themselves, people cordons
/// and labels.
final class NodeBook {
    private final Table<NodeId, NodeSpec> nodes;
    private final FencedWriter writer;
    private final Guards guards;

    NodeBook(Table<NodeId, NodeSpec> nodes, FencedWriter writer, Guards guards) {
        this.nodes = nodes;
        this.writer = writer;
        this.guards = guards;
    }

    NodeSpec spec(NodeId node) {
        return stored(node).value();
    }

    /// Whether there is nothing to write.
    boolean knows(NodeRegistration said) {
        return nodes.value(said.id()).filter(spec -> saysTheSame(spec, said)).isPresent();
    }

    /// Writes only what changed: nodes register every few seconds.
    void record(NodeRegistration said) {
        if (knows(said)) return;
        try (Guard _ = guards.acquire(Guarded.of(said.id()))) {
            Stored<NodeSpec> seen = nodes.get(said.id()).orElse(null);
            if (seen == null) {
                writer.commit(new Writes().create(nodes, said.id(), spec(said, Map.of(), List.of())));
                return;
            }
            NodeSpec before = seen.value();
            if (saysTheSame(before, said)) return;
            NodeSpec spec = spec(said, before.labels(), before.cordons());
            writer.commit(new Writes().replace(nodes, said.id(), seen, spec));
        }
    }

    private static NodeSpec spec(NodeRegistration said, Map<String, String> labels, List<String> cordons) {
        return new NodeSpec(
                said.id(), said.grpcEndpoint(), labels, cordons, said.nqn(), said.version(), said.addresses());
    }

    void cordon(NodeId node, String label) {
        Labels.checked("node " + node, Map.of(label, ""));
        change(node, spec -> {
            if (spec.cordons().contains(label)) {
                throw new Refusal.AlreadyExists(
                                "node %s is cordoned with '%s' already".formatted(node, label), "use another label")
                        .exception();
            }
            var cordons = new ArrayList<>(spec.cordons());
            cordons.add(label);
            return spec.withCordons(cordons);
        });
    }

    void uncordon(NodeId node, String label) {
        change(node, spec -> {
            var cordons = new ArrayList<>(spec.cordons());
            if (!cordons.remove(label)) {
                throw new Refusal.FailedPrecondition(
                                "node %s is not cordoned with '%s'".formatted(node, label),
                                "its cordons are " + spec.cordons())
                        .exception();
            }
            return spec.withCordons(cordons);
        });
    }

    void label(NodeId node, Map<String, String> labels, boolean overwrite) {
        change(node, spec -> spec.withLabels(Labels.with("node " + node, spec.labels(), labels, overwrite)));
    }

    void unlabel(NodeId node, String key) {
        change(node, spec -> spec.withLabels(Labels.without("node " + node, spec.labels(), key)));
    }

    private void change(NodeId node, UnaryOperator<NodeSpec> change) {
        try (Guard _ = guards.acquire(Guarded.of(node))) {
            Stored<NodeSpec> seen = stored(node);
            writer.replace(nodes, node, seen, change.apply(seen.value()));
        }
    }

    private Stored<NodeSpec> stored(NodeId node) {
        return nodes.get(node)
                .orElseThrow(() ->
                        new Refusal.NotFound("there is no node " + node, "list the nodes that registered").exception());
    }

    private static boolean saysTheSame(NodeSpec spec, NodeRegistration said) {
        return spec.grpcEndpoint().equals(said.grpcEndpoint())
                && Objects.equals(spec.nqn(), said.nqn())
                && Objects.equals(spec.version(), said.version())
                && spec.addresses().equals(said.addresses());
    }
}
