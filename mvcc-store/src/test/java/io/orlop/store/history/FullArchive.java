package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Knows all that ever happened, whatever was compacted, and tells of it up to a revision.
final class FullArchive implements Archive {
    private final Map<Octets, List<Change>> all = new HashMap<>();
    private final Map<Long, Long> revisions = new HashMap<>();
    private long settledTo;

    void add(Octets key, Change change) {
        all.computeIfAbsent(key, _ -> new ArrayList<>()).add(change);
        revisions.put(change.location(), change.main());
    }

    void settledTo(long revision) {
        settledTo = Math.max(settledTo, revision);
    }

    void move(Octets key, Change from, Change to) {
        revisions.put(to.location(), to.main());
        all.getOrDefault(key, List.of()).replaceAll(change -> change.equals(from) ? to : change);
    }

    @Override
    public boolean has(long location) {
        return revisions.getOrDefault(location, Long.MAX_VALUE) <= settledTo;
    }

    @Override
    public boolean mayTellOfBefore(long location) {
        return !has(location);
    }

    @Override
    public @Nullable Change lastBefore(Octets key, long main, int sub) {
        Change last = null;
        for (Change change : all.getOrDefault(key, List.of())) {
            if (has(change.location()) && change.isBefore(main, sub)) last = change;
        }
        return last;
    }

    @Override
    public void between(Octets key, long from, long to, Consumer<Change> visitor) {
        for (Change change : all.getOrDefault(key, List.of())) {
            if (has(change.location()) && change.main() >= from && change.main() <= to) visitor.accept(change);
        }
    }
}
