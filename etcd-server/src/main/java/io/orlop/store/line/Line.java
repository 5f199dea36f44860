package io.orlop.store.line;

import io.orlop.store.api.Comparison;
import io.orlop.store.api.Comparison.Relation;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;
import io.orlop.store.api.RevisionBounds;
import io.orlop.store.api.SortOrder;
import io.orlop.store.api.SortTarget;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// The keys under a name, in the order in which they were created. Whoever is in front holds the lock, or leads.
///
/// ```
///   jobs/7c1   created 12   ← in front
///   jobs/7c8   created 15     waits for the deletion of jobs/7c1
///   jobs/7c3   created 21     waits for the deletion of jobs/7c8
/// ```
/// A key is named for the lease that keeps it: when its holder is gone, so is its place. Each waits for the one before
/// it only, so that a departure wakes one.
public final class Line {
    private final MvccStore store;
    private final Supplier<Caller> caller;
    private final Octets prefix;
    private final KeyRange places;

    /// @param caller whose rights count; asked again each time, because they may change while he waits
    public Line(MvccStore store, Supplier<Caller> caller, Octets name) {
        this.store = store;
        this.caller = caller;
        this.prefix = concat(name, "/");
        this.places = KeyRange.prefix(prefix);
    }

    /// Takes the last place, unless the lease has one.
    public Place join(long lease, Octets value) {
        Octets key = concat(prefix, Long.toString(lease, 16));
        Operation front = first(SortOrder.ASCENDING, RevisionBounds.NONE);
        Operation.Txn join = new Operation.Txn(
                List.of(Comparison.create(key, Relation.EQUAL, 0)),
                List.of(Operation.Put.of(key, value).under(lease), front),
                List.of(Operation.Range.of(key), front));
        Outcome.Txn joined = txn(join);
        KeyValue first = only(joined.outcomes().get(1));
        if (joined.succeeded()) return Place.taken(key, lease, value, first, joined.revision());
        return Place.kept(only(joined.outcomes().getFirst()), first, joined.revision());
    }

    private static KeyValue only(Outcome outcome) {
        return ((Outcome.Ranged) outcome).kvs().getFirst();
    }

    /// Waits until everybody who was there before is gone.
    public void awaitFront(Place place, Watching watching) throws AbandonedException {
        Operation.Range before = first(SortOrder.DESCENDING, new RevisionBounds(0, 0, 0, place.created() - 1));
        while (true) {
            Outcome.Ranged found = range(before);
            if (found.kvs().isEmpty()) return;
            watching.watch(KeyRange.single(found.kvs().getFirst().key()), found.revision() + 1);
            awaitDeletion(watching);
        }
    }

    private static void awaitDeletion(Watching watching) throws AbandonedException {
        List<Event> news;
        do {
            news = watching.news();
        } while (!news.isEmpty() && news.stream().noneMatch(event -> event.kind() == Event.Kind.DELETE));
    }

    /// The key of a place, if it is still held.
    public Outcome.Ranged look(Place place) {
        return range(Operation.Range.of(place.key()));
    }

    /// Whoever is in front, if anybody.
    public Outcome.Ranged front() {
        return range(first(SortOrder.ASCENDING, RevisionBounds.NONE));
    }

    /// Says something else from the same place.
    ///
    /// @return the store's revision after it, or empty if the place is lost
    public Optional<Long> say(Octets key, long created, long lease, Octets value) {
        return ifHeld(key, created, Operation.Put.of(key, value).under(lease));
    }

    /// Gives up a place; if it is lost already, all the better.
    ///
    /// @return the store's revision after it
    public long leave(Octets key, long created) {
        return txn(departure(key, created)).revision();
    }

    /// Takes a place back for somebody who did not get what he waited for, whatever he may do by now.
    public void withdraw(Place place) {
        store.txn(departure(place.key(), place.created()));
    }

    private static Operation.Txn departure(Octets key, long created) {
        return new Operation.Txn(
                List.of(Comparison.create(key, Relation.EQUAL, created)), List.of(Operation.Delete.of(key)), List.of());
    }

    private Optional<Long> ifHeld(Octets key, long created, Operation action) {
        Outcome.Txn done = txn(new Operation.Txn(
                List.of(Comparison.create(key, Relation.EQUAL, created)), List.of(action), List.of()));
        return done.succeeded() ? Optional.of(done.revision()) : Optional.empty();
    }

    private Operation.Range first(SortOrder order, RevisionBounds bounds) {
        return new Operation.Range(places, 0, 1, order, SortTarget.CREATE, false, false, bounds);
    }

    private Outcome.Txn txn(Operation.Txn txn) {
        return (Outcome.Txn) MvccStore.await(store.submit(txn, caller.get()));
    }

    private Outcome.Ranged range(Operation.Range range) {
        return (Outcome.Ranged) MvccStore.await(store.submit(range, caller.get()));
    }

    KeyRange places() {
        return places;
    }

    private static Octets concat(Octets start, String end) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(start.array());
        bytes.writeBytes(end.getBytes(StandardCharsets.UTF_8));
        return Octets.wrap(bytes.toByteArray());
    }
}
