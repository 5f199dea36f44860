package io.orlop.nexus.children;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.NexusChild;
import io.orlop.model.NexusInfo;
import io.orlop.model.ReplicaId;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChildPolicyTest {
    @Test
    void theFirstNexusUsesEveryCopyThatIsThere() {
        assertThat(decide(null, "A remote", "B local", "C remote away")).isEqualTo("B A");
    }

    @Test
    void aCleanEndLeavesAllHealthyCopies() {
        assertThat(decide(info(true, "A+ B+ C-"), "A remote", "B local", "C remote"))
                .isEqualTo("B A");
    }

    @Test
    void anUncleanEndLeavesOneCopyThatIsLocalRather() {
        assertThat(decide(info(false, "A+ B+"), "A remote", "B local")).isEqualTo("B");
    }

    @Test
    void anUncleanEndWithTheLocalCopyUnhealthyLeavesTheOther() {
        assertThat(decide(info(false, "A+ B-"), "A remote", "B local")).isEqualTo("A");
    }

    @Test
    void aCopyThatWasTriedInVainHasItsTurnAfterTheOthers() {
        assertThat(decide(info(false, "A+ B+"), "A remote", "B local tried")).isEqualTo("A");
        assertThat(decide(info(false, "A+ B+"), "A remote away", "B local tried"))
                .isEqualTo("B");
    }

    @Test
    void aCopyMadeSinceIsNotTrusted() {
        assertThat(decide(info(true, "A+"), "A remote", "D local")).isEqualTo("A");
    }

    @Test
    void withoutAHealthyCopyThereIsNoNexus() {
        assertThat(decide(info(false, "A+ B-"), "A remote away", "B local"))
                .isEqualTo("none: nvmf+tcp://A: it is not reachable; bdev:///B: it is not known to be complete");
    }

    private static String decide(@Nullable NexusInfo before, String... candidates) {
        List<ChildCandidate> known =
                Stream.of(candidates).map(ChildPolicyTest::candidate).toList();
        return switch (ChildPolicy.decide(known, before)) {
            case ChildDecision.Use(List<NexusChild> children) ->
                children.stream().map(child -> letter(child.uri())).collect(Collectors.joining(" "));
            case ChildDecision.None(String why) -> "none: " + why.replaceAll("\\?uuid=[-0-9a-f]+", "");
        };
    }

    private static String letter(String uri) {
        return uri.substring(uri.indexOf('?') - 1, uri.indexOf('?'));
    }

    private static ReplicaId id(String letter) {
        return new ReplicaId(new UUID(0, Long.parseLong(letter, 16)));
    }

    private static ChildCandidate candidate(String line) {
        String letter = line.substring(0, 1);
        String scheme = line.contains("local") ? "bdev:///" : "nvmf+tcp://";
        var child = new NexusChild.Replica(id(letter), scheme + letter + "?uuid=" + id(letter));
        if (line.contains("away")) return ChildCandidate.away(child, "it is not reachable");
        return ChildCandidate.here(child).inTurn(line.contains("tried") ? 1 : 0);
    }

    private static NexusInfo info(boolean clean, String children) {
        return new NexusInfo(
                clean,
                Stream.of(children.split(" ", -1))
                        .map(child -> new NexusInfo.Child(id(child.substring(0, 1)), child.endsWith("+")))
                        .toList());
    }
}
