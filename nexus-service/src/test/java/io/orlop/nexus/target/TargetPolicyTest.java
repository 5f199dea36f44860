package io.orlop.nexus.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.NodeId;
import io.orlop.model.VolumeId;
import io.orlop.wire.service.TargetChoice;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TargetPolicyTest {
    private static final VolumeId VOLUME = new VolumeId(new UUID(1, 1));

    @Test
    void prefersANodeWithAReplica() {
        assertThat(decide(want(null, "n2", "n3"), "n1 online 0", "n2 online 5", "n3 online 7"))
                .isEqualTo("n2");
    }

    @Test
    void prefersTheNodeThatServesLeast() {
        assertThat(decide(want(null, "n1", "n2"), "n1 online 3", "n2 online 1")).isEqualTo("n2");
    }

    @Test
    void obeysTheWishForANodeWithoutAReplica() {
        assertThat(decide(want("n3", "n1", "n2"), "n1 online 0", "n2 online 0", "n3 online 9"))
                .isEqualTo("n3");
    }

    @Test
    void staysWithTheOnlyReplica() {
        assertThat(decide(want("n2", "n1"), "n1 online 0", "n2 online 0"))
                .isEqualTo(
                        """
                        no node can serve volume 00000000-0000-0001-0000-000000000001 \
                        (n1: n2 was asked for; n2: the only replica is on n1): \
                        bring a node back, uncordon one, or ask for another""");
    }

    @Test
    void saysOfEveryNodeWhyItCannotServe() {
        assertThat(decide(want(null, "n1", "n2"), "n1 offline 0", "n2 cordoned 0"))
                .contains("(n1: it is not online; n2: it is cordoned)");
    }

    @Test
    void avoidsWhatIsToBeAvoided() {
        var want = new TargetChoice(VOLUME, null, nodes("n1", "n2"), nodes("n1"));
        assertThat(decide(want, "n1 online 0", "n2 online 4")).isEqualTo("n2");
    }

    private static TargetChoice want(@Nullable String required, String... replicas) {
        return new TargetChoice(VOLUME, required == null ? null : new NodeId(required), nodes(replicas), List.of());
    }

    private static List<NodeId> nodes(String... names) {
        return Stream.of(names).map(NodeId::new).toList();
    }

    private static String decide(TargetChoice want, String... nodes) {
        List<TargetNode> present = Stream.of(nodes)
                .map(line -> Arrays.asList(line.split(" ", -1)))
                .map(words -> new TargetNode(
                        new NodeId(words.get(0)),
                        !words.get(1).equals("offline"),
                        words.get(1).equals("cordoned"),
                        Integer.parseInt(words.get(2))))
                .toList();
        return switch (TargetPolicy.decide(want, present)) {
            case TargetDecision.Chosen(NodeId node) -> node.name();
            case TargetDecision.Refused refused -> refused.refusal().text();
        };
    }
}
