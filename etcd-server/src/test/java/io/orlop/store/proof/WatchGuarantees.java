package io.orlop.store.proof;

import static io.orlop.store.proof.Guarantee.ATOMIC;
import static io.orlop.store.proof.Guarantee.BOOKMARKABLE;
import static io.orlop.store.proof.Guarantee.FILTERED;
import static io.orlop.store.proof.Guarantee.ORDERED;
import static io.orlop.store.proof.Guarantee.PREVIOUS;
import static io.orlop.store.proof.Guarantee.RELIABLE;
import static io.orlop.store.proof.Guarantee.RESUMABLE;
import static io.orlop.store.proof.Guarantee.TRUE;
import static io.orlop.store.proof.Guarantee.UNIQUE;

import io.orlop.store.api.Event;
import io.orlop.store.api.Octets;
import io.orlop.store.watch.WatchRequest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.stream.Collectors;

/// Holds what a watcher heard, over all breaks, against what happened.
final class WatchGuarantees {
    private final WatchRequest wanted;
    private final NavigableMap<Long, List<Event>> happened;
    private final long compacted;
    private final List<Guarantee> broken = new ArrayList<>();
    private final Set<Event> seen = new HashSet<>();

    /// Everything wanted from before this revision was told.
    private long next;

    /// What this connection asks for next.
    private long position;

    private long lastTold;
    private long bookmark;
    private boolean first;

    private WatchGuarantees(WatchRequest wanted, NavigableMap<Long, List<Event>> happened, long compacted) {
        this.wanted = wanted;
        this.happened = happened;
        this.compacted = compacted;
    }

    /// @param happened all events, with the keys before them, by revision
    /// @param compacted a key from before an event may be missing up to here
    /// @param end the revision up to which it must have heard all, unless what it wanted was compacted
    /// @return which guarantees were broken, in the order in which it turned out
    static List<Guarantee> broken(
            WatchRequest wanted,
            List<Heard> heard,
            NavigableMap<Long, List<Event>> happened,
            long compacted,
            long end) {
        WatchGuarantees check = new WatchGuarantees(wanted, happened, compacted);
        boolean over = false;
        for (Heard one : heard) {
            switch (one) {
                case Heard.Asked(long from) -> check.asked(from);
                case Heard.Events(List<Event> events) -> check.events(events);
                case Heard.Progress(long revision) -> check.progress(revision);
                case Heard.Compacted(long revision) -> {
                    check.require(revision > check.position, RELIABLE);
                    over = true;
                }
            }
        }
        if (!over) check.require(check.expected(check.next, end).isEmpty(), RELIABLE);
        return check.broken;
    }

    private void require(boolean kept, Guarantee guarantee) {
        if (!kept) broken.add(guarantee);
    }

    private void asked(long from) {
        if (next == 0) next = from;
        position = from;
        first = true;
    }

    private List<Event> expected(long from, long to) {
        if (to < from) return List.of();
        return happened.subMap(from, true, to, true).values().stream()
                .flatMap(List::stream)
                .filter(this::isWanted)
                .toList();
    }

    private boolean isWanted(Event event) {
        boolean kind = event.kind() == Event.Kind.PUT ? wanted.puts() : wanted.deletes();
        return kind && wanted.keys().contains(event.kv().key());
    }

    private void events(List<Event> events) {
        long last = events.getLast().revision();
        require(events.getFirst().revision() != lastTold, ATOMIC);
        require(events.getFirst().revision() > bookmark, BOOKMARKABLE);
        boolean ordered = events.getFirst().revision() >= lastTold;
        for (int i = 1; i < events.size(); i++) {
            ordered &= events.get(i).revision() >= events.get(i - 1).revision();
        }
        require(ordered, ORDERED);
        boolean unique = true;
        for (Event event : events) {
            unique &= seen.add(event.withoutPrevious());
            require(isWanted(event), FILTERED);
            require(isTrue(event), TRUE);
            require(hasItsPrevious(event), PREVIOUS);
        }
        require(unique, unique || !first ? UNIQUE : RESUMABLE);
        complete(events, last);
        next = Math.max(next, last + 1);
        position = last + 1;
        lastTold = last;
        first = false;
    }

    /// Whether nothing is left out between what was told before and the last of these.
    private void complete(List<Event> events, long last) {
        Set<Event> told = events.stream().map(Event::withoutPrevious).collect(Collectors.toSet());
        for (Event event : expected(next, last)) {
            if (told.contains(event.withoutPrevious())) continue;
            if (told.stream().anyMatch(other -> other.revision() == event.revision())) broken.add(ATOMIC);
            else broken.add(first ? RESUMABLE : RELIABLE);
        }
    }

    private boolean isTrue(Event event) {
        return happened.getOrDefault(event.revision(), List.of()).stream()
                .anyMatch(other -> other.withoutPrevious().equals(event.withoutPrevious()));
    }

    private boolean hasItsPrevious(Event event) {
        if (!wanted.previous()) return event.previous() == null;
        if (event.previous() == null && event.revision() <= compacted) return true;
        Octets key = event.kv().key();
        return happened.getOrDefault(event.revision(), List.of()).stream()
                .filter(other -> other.kv().key().equals(key))
                .anyMatch(other -> java.util.Objects.equals(other.previous(), event.previous()));
    }

    private void progress(long revision) {
        require(revision >= bookmark, BOOKMARKABLE);
        require(expected(next, revision).isEmpty(), BOOKMARKABLE);
        bookmark = Math.max(bookmark, revision);
        next = Math.max(next, revision + 1);
        position = Math.max(position, revision + 1);
    }
}
