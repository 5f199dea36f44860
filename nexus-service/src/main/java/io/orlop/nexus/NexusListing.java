package io.orlop.nexus;

import io.orlop.control.view.ClusterView;
import io.orlop.control.view.SideBySide;
import io.orlop.model.Nexus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.SpecStatus;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// All nexuses by id, promised or seen: two sorted walks as one.
///
/// ```
///   promised   a   c d      d on its way out: nobody but its node needs to know
///   seen       a b   d
///   listed     a b c
/// ```
final class NexusListing {
    private final ClusterView view;

    NexusListing(ClusterView view) {
        this.view = view;
    }

    /// @param id `null` to begin with the first
    Stream<Nexus> after(@Nullable NexusId id) {
        return SideBySide.<NexusId, NexusSpec, NexusState, Optional<Nexus>>of(
                        view.nexuses().after(id),
                        NexusSpec::uuid,
                        view.seen().nexuses(id),
                        NexusState::uuid,
                        (spec, state) -> spec == null ? stranger(Objects.requireNonNull(state)) : promised(spec))
                .flatMap(Optional::stream);
    }

    private Optional<Nexus> promised(NexusSpec spec) {
        if (spec.status() == SpecStatus.DELETING) return Optional.empty();
        return Optional.of(new Nexus(spec.uuid(), spec, view.state(spec).orElse(null)));
    }

    /// It may have been promised since the walk passed its place.
    private Optional<Nexus> stranger(NexusState state) {
        if (view.nexuses().get(state.uuid()).isPresent()) return Optional.empty();
        return Optional.of(new Nexus(state.uuid(), null, state));
    }
}
