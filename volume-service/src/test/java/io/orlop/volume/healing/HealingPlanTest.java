package io.orlop.volume.healing;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Bytes;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaKind;
import io.orlop.model.ReplicaOwners;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.SpecStatus;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.copies.Presence;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Copies are drawn one a line: letter, node, how its nexus sees it, whether its node has it, and what is remembered.
class HealingPlanTest {
    private static final Pattern REPLICA = Pattern.compile("replica (\\S+) on \\S+");

    @Test
    void aWholeVolumeNeedsNothing() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 online here
                """,
                "nothing");
    }

    @Test
    void waitsForALostReplicaThatMayComeBack() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted away
                """,
                "wait: B may come back");
    }

    @Test
    void replacesALostReplicaThatWasGivenUpAndKeepsItMeanwhile() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted away given-up
                """,
                "provision 2 besides B");
    }

    @Test
    void joinsTheReplacement() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted away given-up
                C n3 none here
                """,
                "join C");
    }

    @Test
    void retiresNothingWhileTheReplacementIsRebuilt() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted away given-up
                C n3 rebuilding here
                """,
                "wait: C is being rebuilt");
    }

    @Test
    void retiresWhatWasLostOnceEveryHealthyCopyIsBack() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted away given-up
                C n3 online here
                """,
                "retire B");
    }

    @Test
    void rejoinsAFaultedReplicaThatCanBeReachedRatherThanMakingAnother() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted here
                """,
                "rejoin B");
    }

    @Test
    void prefersTheReplicaThatCameBackToAReplacementThatIsNotJoinedYet() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted here
                C n3 none here
                """,
                "rejoin B");
    }

    @Test
    void letsARebuildThatIsUnderWayFinishWhenTheLostReplicaComesBack() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted here
                C n3 rebuilding here
                """,
                "wait: C is being rebuilt");
    }

    @Test
    void retiresTheReplacementThatWasNotNeededAfterAll() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 online here
                C n3 none here
                """,
                "retire C");
    }

    @Test
    void waitsBetweenRebuildsThatFail() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted here resting
                """,
                "wait: B failed to rebuild and is tried again");
    }

    @Test
    void looksForAnotherPlaceWhenAReplicaKeepsFailing() {
        assertPlan(
                2,
                """
                A n1 online here
                B n2 faulted here given-up resting
                """,
                "provision 2 besides B",
                "wait: B failed to rebuild and is tried again");
    }

    @Test
    void addsTheReplicasThatAnUncleanEndLeftOut() {
        assertPlan(
                3,
                """
                A n1 online here
                B n2 none here
                C n3 none here
                """,
                "join B",
                "join C");
    }

    @Test
    void provisionsAtOnceWhatIsNotEvenPromised() {
        assertPlan(2, """
                A n1 online here
                """, "provision 2");
    }

    @Test
    void giveUpTheSurplusThatIsFarFromTheNexusFirst() {
        assertPlan(
                1,
                """
                A n1 online here
                B n2 online here
                """,
                "retire B");
    }

    @Test
    void doesNothingToAVolumeWithoutAnyHealthyCopy() {
        assertPlan(
                2,
                """
                A n1 faulted away given-up
                B n2 faulted away given-up
                """,
                "wait: no complete copy can be reached");
    }

    @Test
    void replacesALostReplicaOfAVolumeThatNobodyUses() {
        assertIdlePlan(
                2,
                """
                A n1 complete here
                B n2 complete away given-up
                """,
                "provision 2 besides B");
    }

    @Test
    void keepsTheLostReplicaUntilItsReplacementIsComplete() {
        assertIdlePlan(
                2,
                """
                A n1 complete here
                B n2 complete away given-up
                C n3 none here
                """,
                "wait: C is not whole and is rebuilt when the volume is published");
    }

    @Test
    void saysWhatACopyOfAnIdleVolumeWaitsFor() {
        assertIdlePlan(
                3,
                """
                A n1 complete here
                B n2 none here
                C n3 none here
                """,
                "wait: B is not whole and is rebuilt when the volume is published,"
                        + " C is not whole and is rebuilt when the volume is published");
    }

    @Test
    void dropsTheEmptyReplacementWhenTheLostReplicaOfAnIdleVolumeIsBack() {
        assertIdlePlan(
                2,
                """
                A n1 complete here
                B n2 complete here
                C n3 none here
                """,
                "retire C");
    }

    @Test
    void detachesChildrenThatAreNoReplicasAnyMore() {
        Ward ward = new Ward(false, true, new NodeId("n1"), patients("A n1 online here"), List.of("nvmf://gone"));
        assertThat(HealingPlan.of(1, ward).steps()).containsExactly(new HealingStep.Detach("nvmf://gone"));
    }

    private static void assertPlan(int wanted, String copies, String... expected) {
        Ward ward = new Ward(false, true, new NodeId("n1"), patients(copies), List.of());
        assertThat(said(HealingPlan.of(wanted, ward))).isEqualTo(String.join("\n", expected));
    }

    private static void assertIdlePlan(int wanted, String copies, String... expected) {
        Ward ward = new Ward(false, false, null, patients(copies), List.of());
        assertThat(said(HealingPlan.of(wanted, ward))).isEqualTo(String.join("\n", expected));
    }

    private static String said(HealingPlan plan) {
        var said = new StringBuilder();
        for (HealingStep step : plan.steps()) {
            said.append(
                            switch (step) {
                                case HealingStep.Provision(int count, List<ReplicaId> besides) ->
                                    "provision " + count
                                            + (besides.isEmpty() ? "" : " besides ")
                                            + String.join(
                                                    " ",
                                                    besides.stream()
                                                            .map(HealingPlanTest::letter)
                                                            .toList());
                                case HealingStep.Join join -> "join " + letter(join.replica());
                                case HealingStep.Rejoin rejoin -> "rejoin " + letter(rejoin.replica());
                                case HealingStep.Detach(String uri) -> "detach " + uri;
                                case HealingStep.Retire retire -> "retire " + letter(retire.replica());
                            })
                    .append('\n');
        }
        String awaited = plan.waitsFor();
        if (awaited != null)
            said.append("wait: ").append(REPLICA.matcher(awaited).replaceAll(one -> letter(one.group(1))));
        else if (plan.steps().isEmpty()) said.append("nothing");
        return said.toString().strip();
    }

    private static String letter(ReplicaId replica) {
        return letter(replica.toString());
    }

    private static String letter(String uuid) {
        return uuid.substring(uuid.length() - 1).toUpperCase(Locale.ROOT);
    }

    private static List<Patient> patients(String copies) {
        return copies.lines().map(HealingPlanTest::patient).toList();
    }

    private static Patient patient(String line) {
        List<String> words = Arrays.asList(line.strip().split(" ", -1));
        var id = new ReplicaId(new UUID(0, Long.parseLong(words.get(0), 16)));
        Presence presence = words.get(3).equals("here") ? Presence.HERE : Presence.AWAY;
        var copy = new Copy(
                new ReplicaSpec(
                        id,
                        new NodeId(words.get(1)),
                        new PoolId("pool-" + words.get(1)),
                        Bytes.mib(64),
                        false,
                        ShareProtocol.NONE,
                        List.of(),
                        true,
                        ReplicaOwners.NONE,
                        ReplicaKind.REGULAR,
                        SpecStatus.CREATED,
                        null),
                presence,
                null,
                child(id, words.get(2)),
                words.get(2).equals("complete"));
        boolean served = !words.get(2).equals("complete") && copy.child() != null;
        return new Patient(
                copy,
                words.get(2).equals("none") ? copy.condition(true) : copy.condition(served),
                words.contains("given-up"),
                words.contains("resting"));
    }

    private static @Nullable ChildState child(ReplicaId replica, String seen) {
        String uri = "bdev:///" + replica + "?uuid=" + replica;
        return switch (seen) {
            case "online" -> new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null);
            case "faulted" -> new ChildState(uri, ChildStatus.FAULTED, ChildReason.IO_FAILURE, null, null);
            case "rebuilding" -> new ChildState(uri, ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, 40, null);
            default -> null;
        };
    }
}
