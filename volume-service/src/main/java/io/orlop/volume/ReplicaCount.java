package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.model.NexusState;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeOperation.SetReplicas;
import io.orlop.model.VolumeSpec;
import io.orlop.model.VolumeStatus;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copies;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.copies.CopyRanking;
import io.orlop.volume.copies.VolumeStates;
import io.orlop.volume.healing.HealingStep;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One replica more or one less. All methods are called with the guard taken.
///
/// Which copy goes is decided once, when it is asked for, and stands in the promise. Whoever finishes the promise
/// retires that copy, after seeing that another healthy one is there at that moment, and never another instead.
final class ReplicaCount {
    private final VolumeBook book;
    private final Copies copies;
    private final Treatment treatment;

    ReplicaCount(VolumeBook book, Copies copies, Treatment treatment) {
        this.book = book;
        this.copies = copies;
        this.treatment = treatment;
    }

    /// @param fresh whether every node of the volume that is online has answered just now
    Stored<VolumeSpec> set(Stored<VolumeSpec> present, int count, boolean fresh) {
        VolumeSpec spec = present.value();
        Refusal refusal = VolumeLifecycle.replicaCount(spec, count);
        if (refusal != null) throw refusal.exception();
        ReplicaId retire = null;
        if (count > spec.numReplicas()) {
            requireOnline(spec);
        } else {
            List<Copy> now = copies.ofNow(spec);
            Copy worst = worst(spec, now);
            // A copy that was lost and replaced may be left over already: then nothing has to go.
            if (now.size() > count) {
                requireDispensable(spec, worst.id(), now, fresh);
                retire = worst.id();
            }
        }
        var operation = new SetReplicas(count, retire);
        return finish(book.replace(present, spec.promising(operation)), operation, fresh);
    }

    /// Goes on with a promise, or takes it back where it cannot be kept.
    ///
    /// @param fresh whether every node of the volume that is online has answered just now
    Stored<VolumeSpec> finish(Stored<VolumeSpec> promised, SetReplicas operation, boolean fresh) {
        VolumeSpec spec = promised.value();
        try {
            if (operation.count() > spec.numReplicas()) more(promised, operation.count());
            else if (operation.retire() != null) retire(promised, operation.retire(), fresh);
        } catch (RefusalException refused) {
            if (!Doubt.about(refused)) book.replace(promised, spec.withoutOperation());
            throw refused;
        }
        return book.replace(promised, spec.after(operation));
    }

    private void more(Stored<VolumeSpec> promised, int count) {
        VolumeSpec spec = promised.value();
        for (Replica replica : treatment.provision(spec, count, List.of())) {
            // What cannot be reached now, healing adds when it can.
            if (!(spec.publication() instanceof Publication.Published)) continue;
            if (replica.spec() == null || replica.state() == null) continue;
            boolean joined =
                    copies.of(spec).stream().anyMatch(copy -> copy.id().equals(replica.uuid()) && copy.child() != null);
            if (!joined) {
                treatment.carryOut(
                        promised,
                        new HealingStep.Join(replica.uuid(), replica.spec().node()));
            }
        }
    }

    private void retire(Stored<VolumeSpec> promised, ReplicaId chosen, boolean fresh) {
        VolumeSpec spec = promised.value();
        List<Copy> now = copies.ofNow(spec);
        Optional<Copy> there =
                now.stream().filter(copy -> copy.id().equals(chosen)).findFirst();
        // It is on its way out: whoever began to retire it had looked.
        if (there.isEmpty()) return;
        List<ReplicaId> staying = requireDispensable(spec, chosen, now, fresh);
        treatment.carryOut(promised, new HealingStep.Retire(chosen, there.get().node(), staying));
    }

    private void requireOnline(VolumeSpec spec) {
        VolumeStatus status = VolumeStates.status(spec, copies.of(spec), copies.target(spec));
        if (status == VolumeStatus.ONLINE) return;
        throw new Refusal.FailedPrecondition(
                        "volume %s is %s, and a new replica would have to be built from what is left"
                                .formatted(spec.uuid(), status.name().toLowerCase(Locale.ROOT)),
                        "wait until it is online")
                .exception();
    }

    /// @return the healthy copies because of which it can be spared
    private List<ReplicaId> requireDispensable(VolumeSpec spec, ReplicaId chosen, List<Copy> now, boolean fresh) {
        boolean served = spec.publication() instanceof Publication.Published;
        if (!fresh) throw Doubt.silentNode(spec);
        if (served && copies.target(spec) == null) {
            throw new Refusal.Unavailable(
                            "the nexus of volume %s is not seen, so nobody knows which replica is healthy"
                                    .formatted(spec.uuid()),
                            "try again when its node is back")
                    .exception();
        }
        List<ReplicaId> staying = now.stream()
                .filter(copy -> !copy.id().equals(chosen) && copy.condition(served) == Condition.HEALTHY)
                .map(Copy::id)
                .toList();
        if (staying.isEmpty()) {
            throw new Refusal.FailedPrecondition(
                            "replica %s is the last that could be spared of volume %s, and no other is healthy"
                                    .formatted(chosen, spec.uuid()),
                            "wait until another one is rebuilt")
                    .exception();
        }
        return staying;
    }

    private Copy worst(VolumeSpec spec, List<Copy> now) {
        @Nullable NexusState target = copies.target(spec);
        boolean served = spec.publication() instanceof Publication.Published;
        return now.stream()
                .min(CopyRanking.worstFirst(served, target == null ? null : target.node()))
                .orElseThrow(() -> new Refusal.FailedPrecondition(
                                "volume %s has no replicas".formatted(spec.uuid()), "delete it")
                        .exception());
    }
}
