package io.orlop.store.history;

import io.orlop.store.api.Octets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Knows all that ever happened, whatever was compacted, and tells of it up to a location.
final class FullArchive implements Archive {
    private final Map<Octets, List<Change>> all = new HashMap<>();
    private long settledTo;

    void add(Octets key, Change change) {
        all.computeIfAbsent(key, _ -> new ArrayList<>()).add(change);
    }

    void settledTo(long location) {
        settledTo = location;
    }

    /// Records were copied elsewhere, without what is not in any index.
    void move(Octets key, Change from, Change to) {
        all.getOrDefault(key, List.of()).replaceAll(change -> change.equals(from) ? to : change);
    }

    @Override
    public boolean has(long location) {
        return location <= settledTo;
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
