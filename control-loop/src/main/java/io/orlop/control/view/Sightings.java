package io.orlop.control.view;

import io.orlop.control.table.Catalogue;
import io.orlop.model.NodeId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Resources of one kind as they were seen last, by id and node: a disk that was carried over may show the same replica
/// on two nodes.
///
/// Each sighting bears the number of the telling it came with. When the stream has started over and told everything,
/// what bears an older number is not there any more.
final class Sightings<K extends Comparable<K>, S> {
    private final Catalogue<Place<K>, Sighting<S>> seen = new Catalogue<>(Place.order());
    /// None of them is empty.
    private final Map<NodeId, NavigableSet<K>> byNode = new ConcurrentHashMap<>();

    /// @param node `null` sorts before every node
    private record Place<K extends Comparable<K>>(K id, @Nullable NodeId node) {
        static <K extends Comparable<K>> Comparator<Place<K>> order() {
            return Comparator.<Place<K>, K>comparing(Place::id)
                    .thenComparing(Place::node, Comparator.nullsFirst(Comparator.naturalOrder()));
        }
    }

    /// @param told at which moment the stream told it last; 0 if it never did
    private record Sighting<S>(S state, int telling, long told) {}

    /// One that is not there any more.
    record Lost<K>(NodeId node, K id) {}

    Optional<S> get(K id, NodeId node) {
        Sighting<S> sighting = seen.get(new Place<>(id, node));
        return sighting == null ? Optional.empty() : Optional.of(sighting.state());
    }

    /// Wherever it is, sorted by node.
    List<S> anywhere(K id) {
        return states(from(id).takeWhile(place -> place.id().equals(id))).toList();
    }

    /// Sorted by id and node: a walk and not a copy.
    Stream<S> all() {
        return states(seen.keys());
    }

    Stream<S> after(K id) {
        return states(from(id).filter(place -> !place.id().equals(id)));
    }

    /// What is on a node, sorted by id: a walk and not a copy, that costs what the node has.
    ///
    /// @param after `null` to begin with the first
    Stream<S> on(NodeId node, @Nullable K after) {
        NavigableSet<K> ids = byNode.get(node);
        if (ids == null) return Stream.empty();
        return states((after == null ? ids : ids.tailSet(after, false)).stream().map(id -> new Place<>(id, node)));
    }

    private Stream<Place<K>> from(K id) {
        return seen.keysFrom(new Place<>(id, null));
    }

    private Stream<S> states(Stream<Place<K>> places) {
        return seen.values(places).map(Sighting::state);
    }

    /// What the stream tells at a moment.
    @Nullable
    S put(K id, NodeId node, S state, int telling, long moment) {
        Sighting<S> before = seen.put(new Place<>(id, node), new Sighting<>(state, telling, moment));
        if (before == null) {
            byNode.computeIfAbsent(node, _ -> new ConcurrentSkipListSet<>()).add(id);
        }
        return before == null ? null : before.state();
    }

    /// What somebody else knows.
    @Nullable
    S put(K id, NodeId node, S state, int telling) {
        var place = new Place<>(id, node);
        return put(id, node, state, telling, told(place));
    }

    /// The number of the telling with which it came, if it is there.
    int telling(K id, NodeId node) {
        Sighting<S> sighting = seen.get(new Place<>(id, node));
        return sighting == null ? 0 : sighting.telling();
    }

    /// Whether the stream has told of it after this moment.
    boolean toldSince(K id, NodeId node, long moment) {
        return told(new Place<>(id, node)) > moment;
    }

    private long told(Place<K> place) {
        Sighting<S> sighting = seen.get(place);
        return sighting == null ? 0 : sighting.told();
    }

    /// Changes what is there, if it is.
    ///
    /// @return what was there before
    @Nullable
    S change(K id, NodeId node, int telling, UnaryOperator<S> change) {
        Sighting<S> before = seen.get(new Place<>(id, node));
        if (before == null) return null;
        seen.put(new Place<>(id, node), new Sighting<>(change.apply(before.state()), telling, before.told()));
        return before.state();
    }

    boolean remove(K id, NodeId node) {
        boolean there = seen.remove(new Place<>(id, node)) != null;
        if (there) byNode.computeIfPresent(node, (_, ids) -> without(ids, id));
        return there;
    }

    private static <K> @Nullable NavigableSet<K> without(NavigableSet<K> ids, K id) {
        ids.remove(id);
        return ids.isEmpty() ? null : ids;
    }

    /// Forgets what was not told again.
    List<Lost<K>> forgetOlderThan(int telling) {
        var lost = new ArrayList<Lost<K>>();
        seen.keys().forEach(place -> {
            Sighting<S> sighting = seen.get(place);
            if (sighting == null || sighting.telling() == telling || place.node() == null) return;
            remove(place.id(), place.node());
            lost.add(new Lost<>(place.node(), place.id()));
        });
        return lost;
    }
}
