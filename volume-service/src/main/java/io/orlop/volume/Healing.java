package io.orlop.volume;

import io.orlop.control.loop.Outcome;
import io.orlop.control.table.Stored;
import io.orlop.model.NexusState;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation.Replace;
import io.orlop.model.VolumeSpec;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copies;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.healing.HealingPlan;
import io.orlop.volume.healing.HealingStep;
import io.orlop.volume.healing.Histories;
import io.orlop.volume.healing.Ward;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Mends volumes that were created and lack healthy copies: looks, plans, has the nodes asked, plans again, acts.
///
/// ```
///   seen ──► plan ── nothing ──► settled
///              ├── only waits ──► blocked, saying for what: facts or the time wake it
///              └── steps ──► nodes asked, before the guard is taken ──► guard ──► plan of what is true now ──► steps
/// ```
final class Healing {
    private static final Duration SOON = Duration.ofMillis(500);
    /// After a node did not answer that is not known to be away. When it is, that wakes the volume; until then asking
    /// again tells nothing new.
    private static final Duration AFTER_SILENCE = Duration.ofSeconds(2);

    private final VolumeBook book;
    private final Copies copies;
    private final Treatment treatment;
    private final Histories histories;
    private final RoomSeekers seekers;

    Healing(VolumeBook book, Copies copies, Treatment treatment, Histories histories, RoomSeekers seekers) {
        this.book = book;
        this.copies = copies;
        this.treatment = treatment;
        this.histories = histories;
        this.seekers = seekers;
    }

    /// Whether there is something to do or to wait for, by what was seen last.
    boolean ails(VolumeSpec volume) {
        if (!volume.shape().policy().selfHeal()) return false;
        HealingPlan plan = plan(volume);
        return plan == null || !plan.nothingToDo();
    }

    /// Whether there is something to do: then the nodes are to be asked before it is done.
    boolean wantsToAct(VolumeSpec volume) {
        if (!volume.shape().policy().selfHeal()) return false;
        HealingPlan plan = plan(volume);
        return plan != null && !plan.steps().isEmpty();
    }

    /// What has to happen before the volume is as it should be; `null` where nothing has.
    @Nullable
    String waitsFor(VolumeSpec volume) {
        if (!volume.shape().policy().selfHeal()) return null;
        NexusState target = copies.target(volume);
        Ward ward = ward(volume, target, copies.of(volume, target));
        return ward == null
                ? unserved(volume, target)
                : HealingPlan.of(volume.numReplicas(), ward).waitsFor();
    }

    /// Nobody has to do anything for it: it may have recovered by itself.
    void isWell(VolumeId volume) {
        seekers.remove(volume);
    }

    /// The guard is taken, and no operation is pending.
    ///
    /// @param fresh whether every node of the volume that is online has answered just now
    Outcome heal(Stored<VolumeSpec> present, boolean fresh) {
        VolumeSpec volume = present.value();
        VolumeId id = volume.uuid();
        if (!volume.shape().policy().selfHeal()) return Outcome.settled();
        NexusState target = copies.target(volume);
        // What is decided here is decided by the store's word on which copies are whole: a watch may be late.
        Ward ward = ward(volume, target, copies.ofNow(volume));
        if (ward == null) return Outcome.blocked(unserved(volume, target));
        HealingPlan plan = HealingPlan.of(volume.numReplicas(), ward);
        if (plan.steps().isEmpty()) return awaiting(id, plan);
        // It began to ail, or a node fell silent, after it was looked at.
        if (!fresh) return Outcome.again(AFTER_SILENCE);
        Stored<VolumeSpec> at = present;
        for (HealingStep step : plan.steps()) {
            try {
                at = carryOut(at, step);
            } catch (RefusalException refused) {
                if (!(refused.refusal() instanceof Refusal.OutOfCapacity)) throw refused;
                seekers.add(id, volume.replicaShape().size());
                return plan.steps().size() > 1
                        ? Outcome.again(SOON)
                        : Outcome.blocked(refused.refusal().text());
            }
            if (step instanceof HealingStep.Rejoin rejoin) histories.rejoined(id, rejoin.replica());
        }
        seekers.remove(id);
        return Outcome.again(SOON);
    }

    /// @return the volume, as it was written last
    private Stored<VolumeSpec> carryOut(Stored<VolumeSpec> present, HealingStep step) {
        if (step instanceof HealingStep.Provision(int count, List<ReplicaId> lost) && !lost.isEmpty()) {
            Replace operation = new Replace(lost);
            // Nothing is carried out unless the nodes have just answered.
            return finishReplacement(book.replace(present, present.value().promising(operation)), operation, true);
        }
        treatment.carryOut(present, step);
        return present;
    }

    /// Goes on with a promise to replace copies, or takes it back where they are back: what can be rebuilt again,
    /// and is not known to fail, needs nobody in its place. That they are lost is believed of nodes that answered:
    /// one of them may be back, and the node silent that would say so.
    ///
    /// @param fresh whether every node of the volume that is online has answered just now
    Stored<VolumeSpec> finishReplacement(Stored<VolumeSpec> promised, Replace operation, boolean fresh) {
        VolumeSpec volume = promised.value();
        boolean served = volume.publication() instanceof Publication.Published;
        List<ReplicaId> stillLost = histories.patients(volume.uuid(), served, copies.of(volume)).stream()
                .filter(patient -> operation.lost().contains(patient.copy().id()))
                .filter(patient -> patient.condition() == Condition.LOST || patient.givenUp())
                .map(patient -> patient.copy().id())
                .toList();
        if (!stillLost.isEmpty()) {
            if (!fresh) throw Doubt.silentNode(volume);
            try {
                treatment.provision(volume, volume.numReplicas(), stillLost);
            } catch (RefusalException refused) {
                if (!Doubt.about(refused)) book.replace(promised, volume.withoutOperation());
                throw refused;
            }
        }
        return book.replace(promised, volume.after(operation));
    }

    private Outcome awaiting(VolumeId volume, HealingPlan plan) {
        String why = plan.waitsFor();
        if (why == null) {
            seekers.remove(volume);
            return Outcome.settled();
        }
        return histories.untilNext(volume).map(Outcome::again).orElseGet(() -> Outcome.blocked(why));
    }

    private @Nullable HealingPlan plan(VolumeSpec volume) {
        NexusState target = copies.target(volume);
        Ward ward = ward(volume, target, copies.of(volume, target));
        return ward == null ? null : HealingPlan.of(volume.numReplicas(), ward);
    }

    /// `null` while the volume should be served and nobody knows how its copies are.
    private @Nullable Ward ward(VolumeSpec volume, @Nullable NexusState target, List<Copy> all) {
        boolean blank = volume.lastNexus() == null;
        return switch (volume.publication()) {
            case Publication.Unpublished() ->
                new Ward(blank, false, null, histories.patients(volume.uuid(), false, all), List.of());
            case Publication.Published _ ->
                target == null || !target.status().serves()
                        ? null
                        : new Ward(
                                blank,
                                true,
                                target.node(),
                                histories.patients(volume.uuid(), true, all),
                                strangers(target, all));
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
