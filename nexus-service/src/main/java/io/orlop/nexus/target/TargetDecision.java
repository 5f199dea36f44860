package io.orlop.nexus.target;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.VolumeId;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Where the nexus runs, or for each node why it cannot be there.
public sealed interface TargetDecision {
    record Chosen(NodeId node) implements TargetDecision {}

    /// @param reasons for each node that was looked at, a sentence
    record Refused(VolumeId volume, SequencedMap<NodeId, String> reasons) implements TargetDecision {
        public Refusal refusal() {
            String looked = reasons.isEmpty()
                    ? "there are no nodes"
                    : reasons.entrySet().stream()
                            .map(reason -> reason.getKey() + ": " + reason.getValue())
                            .collect(Collectors.joining("; "));
            return new Refusal.FailedPrecondition(
                    "no node can serve volume %s (%s)".formatted(volume, looked),
                    "bring a node back, uncordon one, or ask for another");
        }
    }
}
