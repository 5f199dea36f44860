package io.orlop.store.history;

import io.orlop.store.api.Octets;
import io.orlop.store.log.Located;
import io.orlop.store.log.Segments;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Closed segments of the log say behind their frames what happened in them, sorted by key.
public final class LogArchive implements Archive {
    private final Segments segments;

    public LogArchive(Segments segments) {
        this.segments = segments;
    }

    @Override
    public boolean has(long location) {
        return segments.isSettled(location);
    }

    @Override
    public boolean mayTellOfBefore(long location) {
        return !has(location);
    }

    @Override
    public @Nullable Change lastBefore(Octets key, long main, int sub) {
        try {
            Located found = segments.lastBefore(key, main, sub);
            return found == null ? null : Change.of(found.change(), found.location());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void between(Octets key, long from, long to, Consumer<Change> visitor) {
        try {
            for (Located found : segments.between(key, from, to)) {
                Change change = Change.of(found.change(), found.location());
                if (change != null) visitor.accept(change);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
