package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.model.NexusState;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeStatus;
import io.orlop.volume.copies.Census;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.copies.CopyRanking;
import io.orlop.volume.copies.VolumeStates;
import io.orlop.volume.healing.HealingStep;
import java.util.List;
import java.util.Locale;

/// One replica more or one less. All methods are called with the guard taken.
final class ReplicaCount {
    private final VolumeBook book;
    private final Census census;
    private final Treatment treatment;

    ReplicaCount(VolumeBook book, Census census, Treatment treatment) {
        this.book = book;
        this.census = census;
        this.treatment = treatment;
    }

    Stored<VolumeSpec> set(Stored<VolumeSpec> present, int count) {
        VolumeSpec spec = present.value();
        Refusal refusal = VolumeLifecycle.replicaCount(spec, count);
        if (refusal != null) throw refusal.exception();
        census.refresh(census.nodes(spec));
        if (count > spec.numReplicas()) requireOnline(spec);
        else requireDispensable(spec);
        return finish(book.replace(present, spec.promising(new VolumeOperation.SetReplicas(count))), count);
    }

    /// Goes on with a promise, or takes it back where it cannot be kept.
    Stored<VolumeSpec> finish(Stored<VolumeSpec> promised, int count) {
        VolumeSpec spec = promised.value();
        try {
            if (count > spec.numReplicas()) more(spec, count);
            else if (census.specsNow(spec.uuid()).size() > count) fewer(spec);
        } catch (RefusalException refused) {
            if (!Doubt.about(refused)) book.replace(promised, spec.withoutOperation());
            throw refused;
        }
        return book.replace(promised, spec.after(new VolumeOperation.SetReplicas(count)));
    }

    private void more(VolumeSpec spec, int count) {
        for (var replica : treatment.provision(spec, count, List.of())) {
            // What cannot be reached now, healing adds when it can.
            if (!(spec.publication() instanceof Publication.Published)) continue;
            if (replica.spec() == null || replica.state() == null) continue;
            boolean joined = census.copies(spec).stream()
                    .anyMatch(copy -> copy.id().equals(replica.uuid()) && copy.child() != null);
            if (!joined) {
                treatment.carryOut(
                        spec,
                        new HealingStep.Join(replica.uuid(), replica.spec().node()));
            }
        }
    }

    private void fewer(VolumeSpec spec) {
        Copy worst = worst(spec);
        treatment.carryOut(spec, new HealingStep.Retire(worst.id(), worst.node()));
    }

    private void requireOnline(VolumeSpec spec) {
        VolumeStatus status =
                VolumeStates.of(spec, census.copies(spec), census.target(spec)).status();
        if (status == VolumeStatus.ONLINE) return;
        throw new Refusal.FailedPrecondition(
                        "volume %s is %s, and a new replica would have to be built from what is left"
                                .formatted(spec.uuid(), status.name().toLowerCase(Locale.ROOT)),
                        "wait until it is online")
                .exception();
    }

    private void requireDispensable(VolumeSpec spec) {
        boolean served = spec.publication() instanceof Publication.Published;
        if (served && census.target(spec) == null) {
            throw new Refusal.Unavailable(
                            "the nexus of volume %s is not seen, so nobody knows which replica is healthy"
                                    .formatted(spec.uuid()),
                            "try again when its node is back")
                    .exception();
        }
        Copy worst = worst(spec);
        boolean another = census.copies(spec).stream()
                .anyMatch(copy -> !copy.id().equals(worst.id()) && copy.condition(served) == Condition.HEALTHY);
        if (!another) {
            throw new Refusal.FailedPrecondition(
                            "replica %s on %s is the last that could be spared of volume %s, and no other is healthy"
                                    .formatted(worst.id(), worst.node(), spec.uuid()),
                            "wait until another one is rebuilt")
                    .exception();
        }
    }

    private Copy worst(VolumeSpec spec) {
        NexusState target = census.target(spec);
        boolean served = spec.publication() instanceof Publication.Published;
        return census.copies(spec, target).stream()
                .min(CopyRanking.worstFirst(served, target == null ? null : target.node()))
                .orElseThrow(() -> new Refusal.FailedPrecondition(
                                "volume %s has no replicas".formatted(spec.uuid()), "delete it")
                        .exception());
    }
}
