package io.orlop.nexus.target;

import io.orlop.model.NodeId;
import io.orlop.wire.service.TargetChoice;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Chooses the node that serves a volume: one that the rules allow, rather one that holds a replica (its reads stay
/// at home), rather one that serves little.
public final class TargetPolicy {
    private static final List<Rule> RULES = List.of(
            TargetPolicy::offline,
            TargetPolicy::cordoned,
            TargetPolicy::avoided,
            TargetPolicy::elsewhere,
            TargetPolicy::awayFromOnlyReplica);

    private TargetPolicy() {}

    @FunctionalInterface
    private interface Rule {
        /// @return the sentence that says why not, or `null` if this rule does not object
        @Nullable String refusal(TargetChoice want, TargetNode node);
    }

    public static TargetDecision decide(TargetChoice want, List<TargetNode> nodes) {
        var reasons = new TreeMap<NodeId, String>();
        for (TargetNode node : nodes) {
            String why = refusal(want, node);
            if (why != null) reasons.put(node.id(), why);
        }
        return nodes.stream()
                .filter(node -> !reasons.containsKey(node.id()))
                .min(bestFirst(want))
                .<TargetDecision>map(node -> new TargetDecision.Chosen(node.id()))
                .orElseGet(() -> new TargetDecision.Refused(want.volume(), reasons));
    }

    private static Comparator<TargetNode> bestFirst(TargetChoice want) {
        return Comparator.<TargetNode, Boolean>comparing(
                        node -> !want.replicas().contains(node.id()))
                .thenComparing(TargetNode::nexuses)
                .thenComparing(TargetNode::id);
    }

    private static @Nullable String refusal(TargetChoice want, TargetNode node) {
        for (Rule rule : RULES) {
            String why = rule.refusal(want, node);
            if (why != null) return why;
        }
        return null;
    }

    private static @Nullable String offline(TargetChoice want, TargetNode node) {
        return node.online() ? null : "it is not online";
    }

    private static @Nullable String cordoned(TargetChoice want, TargetNode node) {
        return node.cordoned() ? "it is cordoned" : null;
    }

    private static @Nullable String avoided(TargetChoice want, TargetNode node) {
        return want.avoid().contains(node.id()) ? "it is to be avoided" : null;
    }

    private static @Nullable String elsewhere(TargetChoice want, TargetNode node) {
        return want.required() == null || want.required().equals(node.id()) ? null : want.required() + " was asked for";
    }

    /// A nexus away from the only replica would depend on two nodes and protect from neither.
    private static @Nullable String awayFromOnlyReplica(TargetChoice want, TargetNode node) {
        return want.replicas().size() != 1 || want.replicas().contains(node.id())
                ? null
                : "the only replica is on " + want.replicas().getFirst();
    }
}
