package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.model.VolumeSpec;
import io.orlop.wire.service.CreateVolume;
import java.util.List;
import java.util.Optional;

/// Makes a volume: the promise, its replicas, the kept word. Whoever finds the promise goes on from there.
final class VolumeCreation {
    private final VolumeBook book;
    private final Treatment treatment;
    private final VolumeDeletion deletion;

    VolumeCreation(VolumeBook book, Treatment treatment, VolumeDeletion deletion) {
        this.book = book;
        this.treatment = treatment;
        this.deletion = deletion;
    }

    /// The guard is taken.
    Stored<VolumeSpec> create(CreateVolume request) {
        Optional<Stored<VolumeSpec>> present = book.find(request.volume());
        if (present.isEmpty()) return resume(book.create(VolumeSpec.promised(request.volume(), request.shape())));
        Refusal refusal = VolumeLifecycle.creation(present.get().value(), request);
        if (refusal != null) throw refusal.exception();
        return resume(present.get());
    }

    /// Finishes a promise, or takes it back where it cannot be kept. The guard is taken.
    Stored<VolumeSpec> resume(Stored<VolumeSpec> promised) {
        VolumeSpec spec = promised.value();
        try {
            treatment.provision(spec, spec.numReplicas(), List.of());
        } catch (RefusalException refused) {
            if (!Doubt.about(refused)) undo(promised);
            throw refused;
        }
        return book.replace(promised, spec.withStatus(SpecStatus.CREATED));
    }

    private void undo(Stored<VolumeSpec> promised) {
        Stored<VolumeSpec> goingAway = deletion.promise(promised);
        try {
            deletion.resume(goingAway);
        } catch (RefusalException _) {
            // The refusal of the creation is what the caller must hear; a reconciler finishes the deletion.
        }
    }
}
