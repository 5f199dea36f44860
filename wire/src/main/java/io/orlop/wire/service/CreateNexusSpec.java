package io.orlop.wire.service;

import io.orlop.model.Limits;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusShape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// @param children candidates: where the previous nexus did not end in good order, only one that its
///     [io.orlop.model.NexusInfo] knows to be healthy is used
/// @param previous the nexus that served the volume before
public record CreateNexusSpec(NexusId nexus, NexusShape shape, List<NexusChild> children, @Nullable NexusId previous) {
    public CreateNexusSpec {
        Limits.checked("nexus " + nexus, shape);
        children = List.copyOf(Limits.children("nexus " + nexus, children));
    }
}
