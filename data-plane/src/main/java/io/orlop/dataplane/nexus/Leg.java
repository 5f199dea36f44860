package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A copy as one attempt found it. What became of the attempt says something about the copy only while it stands.
record Leg(Child child, long epoch, boolean whole, BlockDevice device) {
    /// Why it failed on this copy.
    record Failure(Leg leg, IOException why) {}

    static Optional<Leg> of(Child child) {
        Child.Standing now = child.standing();
        boolean whole = now.condition() instanceof Condition.Synced;
        return now.condition().device().map(device -> new Leg(child, now.epoch(), whole, device));
    }

    /// Those that are written to.
    static List<Leg> open(List<Child> children) {
        return children.stream().flatMap(child -> of(child).stream()).toList();
    }

    /// Those that are read from as well.
    static List<Leg> whole(List<Child> children) {
        return open(children).stream().filter(Leg::whole).toList();
    }

    static List<Leg> localFirst(List<Leg> legs) {
        return legs.stream()
                .sorted(Comparator.comparing(leg -> !leg.child.local()))
                .toList();
    }

    /// Who was not away, or not lately, has forgotten least.
    static List<Leg> steadiestFirst(List<Leg> legs) {
        return legs.stream().sorted(Comparator.comparingLong(Leg::epoch)).toList();
    }

    boolean in(List<Failure> failed) {
        return failed.stream().anyMatch(failure -> failure.leg.child == child);
    }

    boolean stands() {
        return child.epoch() == epoch;
    }

    boolean lost() {
        return device.lost();
    }
}
