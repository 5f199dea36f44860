package io.orlop.nexus;

import io.orlop.control.view.ClusterView;
import io.orlop.model.Nexus;
import io.orlop.model.NexusId;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.SpecStatus;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
        var walk = new Walk(
                view.nexuses()
                        .after(id)
                        .filter(spec -> spec.status() != SpecStatus.DELETING)
                        .iterator(),
                view.seen()
                        .nexuses(id)
                        .filter(state -> view.nexuses().get(state.uuid()).isEmpty())
                        .iterator());
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(walk, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    private final class Walk implements Iterator<Nexus> {
        private final Iterator<NexusSpec> promised;
        private final Iterator<NexusState> strange;
        private @Nullable NexusSpec spec;
        private @Nullable NexusState stranger;

        Walk(Iterator<NexusSpec> promised, Iterator<NexusState> strange) {
            this.promised = promised;
            this.strange = strange;
            this.spec = next(promised);
            this.stranger = next(strange);
        }

        @Override
        public boolean hasNext() {
            return spec != null || stranger != null;
        }

        @Override
        public Nexus next() {
            NexusSpec nextSpec = spec;
            NexusState nextStranger = stranger;
            if (nextSpec != null && (nextStranger == null || nextSpec.uuid().compareTo(nextStranger.uuid()) <= 0)) {
                spec = next(promised);
                return new Nexus(nextSpec.uuid(), nextSpec, view.state(nextSpec).orElse(null));
            }
            if (nextStranger == null) throw new NoSuchElementException();
            stranger = next(strange);
            return new Nexus(nextStranger.uuid(), null, nextStranger);
        }

        private static <T> @Nullable T next(Iterator<T> walk) {
            return walk.hasNext() ? walk.next() : null;
        }
    }
}
