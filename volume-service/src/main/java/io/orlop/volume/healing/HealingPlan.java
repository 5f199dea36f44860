package io.orlop.volume.healing;

import io.orlop.model.ReplicaId;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.CopyRanking;
import io.orlop.volume.healing.HealingStep.Detach;
import io.orlop.volume.healing.HealingStep.Join;
import io.orlop.volume.healing.HealingStep.Provision;
import io.orlop.volume.healing.HealingStep.Rejoin;
import io.orlop.volume.healing.HealingStep.Retire;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to do now for a volume whose copies are not as many or as good as promised.
///
/// ```
///   enough healthy ones? ──yes──► retire what is left over, worst first
///        │ no
///        ├─ a faulted one can be reached ──► rejoin it: cheaper than a new one
///        ├─ a spare one is here           ──► join it
///        ├─ lost ones are given up        ──► provision others in their place
///        └─ lost ones may come back       ──► wait
/// ```
///
/// @param steps in this order; after them, look again
/// @param waitsFor what has to happen by itself before there is more to do; `null` if nothing has
public record HealingPlan(List<HealingStep> steps, @Nullable String waitsFor) {
    public HealingPlan {
        steps = List.copyOf(steps);
    }

    public static HealingPlan of(int wanted, Ward ward) {
        var plan = new Draft(wanted, ward);
        return plan.healthy >= wanted ? plan.retiring() : plan.mending();
    }

    public boolean nothingToDo() {
        return steps.isEmpty() && waitsFor == null;
    }

    private static final class Draft {
        private final int wanted;
        private final Ward ward;
        private final List<Patient> worstFirst;
        private final long healthy;
        private final List<HealingStep> steps = new ArrayList<>();

        Draft(int wanted, Ward ward) {
            this.wanted = wanted;
            this.ward = ward;
            this.worstFirst = ward.patients().stream()
                    .sorted((one, other) ->
                            CopyRanking.worstFirst(ward.served(), ward.target()).compare(one.copy(), other.copy()))
                    .toList();
            this.healthy = count(Condition.HEALTHY);
            ward.strangers().forEach(uri -> steps.add(new Detach(uri)));
        }

        /// Nothing faulted is retired before every healthy copy is back: until then it may be the only copy.
        HealingPlan retiring() {
            int surplus = Math.max(0, worstFirst.size() - wanted);
            List<ReplicaId> staying = worstFirst.stream()
                    .skip(surplus)
                    .filter(patient -> patient.is(Condition.HEALTHY))
                    .map(patient -> patient.copy().id())
                    .toList();
            worstFirst.stream()
                    .limit(surplus)
                    .forEach(patient -> steps.add(
                            new Retire(patient.copy().id(), patient.copy().node(), staying)));
            return new HealingPlan(steps, null);
        }

        HealingPlan mending() {
            if (ward.served()) {
                long room = wanted - healthy - count(Condition.REBUILDING);
                room -= rejoin(room);
                room -= join(room);
                if (room <= 0) return new HealingPlan(steps, awaited());
            }
            if (healthy == 0 && !ward.blank()) return new HealingPlan(steps, "no complete copy can be reached");
            List<ReplicaId> givenUp = ward.patients().stream()
                    .filter(Patient::givenUp)
                    .map(patient -> patient.copy().id())
                    .sorted()
                    .toList();
            if (ward.patients().size() - givenUp.size() < wanted) steps.add(new Provision(wanted, givenUp));
            return new HealingPlan(steps, awaited());
        }

        /// @return how many
        private long rejoin(long room) {
            List<Patient> ready = some(room, Condition.FAULTED);
            for (Patient patient : ready) {
                String uri = patient.copy().child() == null
                        ? ""
                        : patient.copy().child().uri();
                steps.add(new Rejoin(patient.copy().id(), patient.copy().node(), uri));
            }
            return ready.size();
        }

        private long join(long room) {
            List<Patient> ready = some(room, Condition.SPARE);
            for (Patient patient : ready) {
                steps.add(new Join(patient.copy().id(), patient.copy().node()));
            }
            return ready.size();
        }

        private List<Patient> some(long most, Condition condition) {
            return worstFirst.stream()
                    .filter(patient -> patient.is(condition) && !patient.resting())
                    .limit(Math.max(0, most))
                    .toList();
        }

        private @Nullable String awaited() {
            var reasons = new ArrayList<String>();
            for (Patient patient : worstFirst) {
                String who = "replica " + patient.copy().id() + " on "
                        + patient.copy().node();
                if (patient.is(Condition.REBUILDING)) reasons.add(who + " is being rebuilt");
                else if (patient.is(Condition.LETTING_GO)) reasons.add(who + " is being given up");
                else if (patient.resting()) reasons.add(who + " failed to rebuild and is tried again");
                else if (patient.is(Condition.SPARE) && !ward.served() && !ward.blank())
                    reasons.add(who + " is not whole and is rebuilt when the volume is published");
                else if (patient.is(Condition.LOST) && !patient.givenUp()) reasons.add(who + " may come back");
            }
            return reasons.isEmpty() ? null : String.join(", ", reasons);
        }

        private long count(Condition condition) {
            return worstFirst.stream().filter(patient -> patient.is(condition)).count();
        }
    }
}
