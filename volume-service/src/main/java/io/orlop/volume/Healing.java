package io.orlop.volume;

import io.orlop.control.loop.Outcome;
import io.orlop.model.NexusState;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.copies.Census;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.healing.HealingPlan;
import io.orlop.volume.healing.HealingStep;
import io.orlop.volume.healing.Histories;
import io.orlop.volume.healing.Ward;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Mends volumes that were created and lack healthy copies: looks, plans, has the nodes asked, plans again, acts.
final class Healing {
    private static final Duration SOON = Duration.ofMillis(500);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Census census;
    private final Treatment treatment;
    private final Histories histories;

    Healing(Census census, Treatment treatment, Histories histories) {
        this.census = census;
        this.treatment = treatment;
        this.histories = histories;
    }

    /// Whether there is something to do or to wait for, by what was seen last.
    boolean ails(VolumeSpec volume) {
        if (!volume.shape().policy().selfHeal()) return false;
        Ward ward = ward(volume, census.target(volume));
        return ward == null || !HealingPlan.of(volume.numReplicas(), ward).nothingToDo();
    }

    /// The guard is taken, and no operation is pending.
    Outcome heal(VolumeSpec volume) {
        if (!volume.shape().policy().selfHeal()) return Outcome.settled();
        Ward seen = ward(volume, census.target(volume));
        HealingPlan hint = seen == null ? null : HealingPlan.of(volume.numReplicas(), seen);
        if (seen != null && hint != null && hint.steps().isEmpty()) return awaiting(seen, hint);
        // What was seen last made us look; what is true now decides.
        census.refresh(census.nodes(volume));
        NexusState target = census.target(volume);
        Ward ward = ward(volume, target);
        if (ward == null) return Outcome.blocked(unserved(volume, target));
        HealingPlan plan = HealingPlan.of(volume.numReplicas(), ward);
        for (HealingStep step : plan.steps()) {
            try {
                treatment.carryOut(volume, step);
            } catch (RefusalException refused) {
                if (!(refused.refusal() instanceof Refusal.OutOfCapacity)) throw refused;
                return plan.steps().size() > 1
                        ? Outcome.again(SOON)
                        : Outcome.blocked(refused.refusal().text());
            }
            if (step instanceof HealingStep.Rejoin rejoin) histories.rejoined(volume.uuid(), rejoin.replica());
        }
        return plan.nothingToDo() ? Outcome.settled() : Outcome.again(SOON);
    }

    private Outcome awaiting(Ward ward, HealingPlan plan) {
        if (plan.nothingToDo()) return Outcome.settled();
        boolean rebuilding = ward.patients().stream().anyMatch(patient -> patient.condition() == Condition.REBUILDING);
        if (rebuilding && ward.target() != null) census.refresh(List.of(ward.target()));
        return Outcome.again(SECOND);
    }

    /// `null` while the volume should be served and nobody knows how its copies are.
    private @Nullable Ward ward(VolumeSpec volume, @Nullable NexusState target) {
        List<Copy> copies = census.copies(volume, target);
        boolean blank = volume.lastNexus() == null;
        return switch (volume.publication()) {
            case Publication.Unpublished() ->
                new Ward(blank, false, null, histories.patients(volume.uuid(), false, copies), List.of());
            case Publication.Published _ ->
                target == null || !serves(target)
                        ? null
                        : new Ward(
                                blank,
                                true,
                                target.node(),
                                histories.patients(volume.uuid(), true, copies),
                                strangers(target, copies));
        };
    }

    private static boolean serves(NexusState target) {
        return switch (target.status()) {
            case ONLINE, DEGRADED -> true;
            case UNKNOWN, FAULTED, SHUTTING_DOWN, SHUTDOWN -> false;
        };
    }

    private static List<String> strangers(NexusState target, List<Copy> copies) {
        List<String> ours = copies.stream()
                .map(Copy::child)
                .filter(child -> child != null)
                .map(child -> child.uri())
                .toList();
        return target.children().stream()
                .filter(child -> !child.healthy() && !ours.contains(child.uri()))
                .map(child -> child.uri())
                .toList();
    }

    private String unserved(VolumeSpec volume, @Nullable NexusState target) {
        return target == null
                ? "the nexus of volume %s is not seen".formatted(volume.uuid())
                : "the nexus of volume %s is %s".formatted(volume.uuid(), target.status());
    }
}
