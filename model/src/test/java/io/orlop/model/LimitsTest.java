package io.orlop.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private static final VolumeShape SHAPE = VolumeShape.of(Bytes.gib(1), 2);

    @Test
    void takesWhatKubernetesTakes() {
        String longest = "a".repeat(253) + "/" + "b".repeat(63);
        Map<String, String> labels = Map.of(longest, "c".repeat(63), "openebs.io/created-by", "", "x", "y");

        assertThat(Limits.checked("volume v", SHAPE.withLabels(labels)).labels())
                .isEqualTo(labels);
    }

    @Test
    void refusesLabelsThatKubernetesRefuses() {
        for (String key : List.of(
                "",
                "/",
                "a/",
                "/a",
                "a/b/c",
                "-a",
                "a-",
                "_a",
                "a.",
                "a b",
                "ä",
                "a..b/x",
                "EX.com/x",
                "a_b/x",
                "-a/x",
                "a-/x",
                "a.-b/x",
                ".a/x",
                "a./x",
                "p".repeat(254) + "/x",
                "a\n",
                "a/b\n")) {
            refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withLabels(Map.of(key, ""))));
        }
        for (String value : List.of("-b", "b-", ".b", "b_", "a/b", "a:b", "a+b", "a b", " ", "ä", "b\n")) {
            refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withLabels(Map.of("k", value))));
        }
        for (String key : List.of("a", "A", "1", "a-b_c.D", "a--b", "a..b", "0/0", "a-b.c/X_y", "a--b.c/x")) {
            Limits.checked("v", SHAPE.withLabels(Map.of(key, "1.2-3_D")));
        }
    }

    @Test
    void refusesLabelsThatAreTooLongOrTooMany() {
        Map<String, String> many = new TreeMap<>();
        for (int i = 0; i <= Limits.LABELS; i++) many.put("key-" + i, "");

        refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withLabels(Map.of("k".repeat(64), ""))));
        refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withLabels(Map.of("k", "v".repeat(64)))));
        refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withLabels(many)));
        refused(Refusal.Invalid.class, () -> Labels.with("n", many, Map.of("one-more", ""), true));
        refused(
                Refusal.Invalid.class,
                () -> Limits.checked(
                        "v",
                        SHAPE.withTopology(new Topology(
                                new Topology.Nodes.Labelled(many, Map.of(), List.of()), new Topology.Pools.Any()))));
    }

    @Test
    void refusesSizesThatNobodyCanKeep() {
        assertThat(Limits.checked("v", Limits.SIZE)).isEqualTo(Limits.SIZE);
        refused(Refusal.OutOfRange.class, () -> Limits.checked("v", Bytes.of(Long.MAX_VALUE)));
        refused(Refusal.OutOfRange.class, () -> Limits.checked("v", Limits.SIZE.plus(Bytes.of(1))));
        refused(Refusal.Invalid.class, () -> Limits.checked("v", Bytes.ZERO));
        refused(Refusal.Invalid.class, () -> Limits.checked("v", SHAPE.withNumReplicas(Limits.REPLICAS + 1)));
        refused(Refusal.Invalid.class, () -> SHAPE.withMaxSnapshots(-1));
    }

    @Test
    void sumsThatOverflowAreRefusedAndNotBugs() {
        Bytes most = Bytes.of(Long.MAX_VALUE);

        refused(Refusal.OutOfRange.class, () -> most.plus(Bytes.of(1)));
        refused(Refusal.OutOfRange.class, () -> most.roundedUpTo(Bytes.mib(4)));
        refused(Refusal.OutOfRange.class, () -> Bytes.gib(Long.MAX_VALUE));
        refused(Refusal.Invalid.class, () -> Bytes.mib(-1));
        assertThat(most.plus(Bytes.ZERO)).isEqualTo(most);
        assertThat(Bytes.of(5).roundedUpTo(Bytes.of(4))).isEqualTo(Bytes.of(8));
    }

    @Test
    void refusesListsThatAreTooLong() {
        refused(Refusal.Invalid.class, () -> new NexusOperation.Publish(List.of("n".repeat(224))));
        refused(
                Refusal.Invalid.class,
                () -> new NexusOperation.AddChild(new NexusChild.Uri("bdev:///" + "x".repeat(4096))));
    }

    private static void refused(Class<? extends Refusal> with, ThrowingCallable attempt) {
        assertThatThrownBy(attempt)
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(with));
    }
}
