package io.orlop.store.history;

import io.orlop.store.api.KeyValue;
import io.orlop.store.log.Log;
import io.orlop.store.log.StoredPut;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// Values by location: from the log, with a cache in front of it.
public final class Values {
    private final Log log;
    private final ValueCache cache;

    public Values(Log log, long cacheBytesMax) {
        this.log = log;
        this.cache = new ValueCache(cacheBytesMax);
    }

    /// The value of a put; null if a compaction took it meanwhile.
    public @Nullable KeyValue of(KeyHistory history, Change change) {
        KeyValue value = at(change.location());
        if (value != null) return value;
        // Its segment was rewritten since the index was read: the index knows where it went.
        Change moved = history.same(change);
        return moved == null ? null : at(moved.location());
    }

    /// Like [#of] for somebody who passes by everything: the cache stays as it is.
    public @Nullable KeyValue passing(KeyHistory history, Change change) {
        KeyValue value = passing(change.location());
        if (value != null) return value;
        Change moved = history.same(change);
        return moved == null ? null : passing(moved.location());
    }

    private @Nullable KeyValue passing(long location) {
        KeyValue cached = cache.peek(location);
        if (cached != null) return cached;
        try {
            return log.read(location);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Looks at the put at a location, if that takes no more than a look into memory.
    public boolean look(long location, StoredPut into) {
        return log.look(location, into);
    }

    /// The value at a location; null if nothing is there any more.
    public @Nullable KeyValue at(long location) {
        KeyValue cached = cache.get(location);
        if (cached != null) return cached;
        StoredPut stored = new StoredPut();
        try {
            KeyValue read = look(location, stored) ? stored.kv() : log.read(location);
            if (read != null) cache.offer(location, read);
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The value at a location, if the cache has it.
    ///
    /// @param passing whether that is no reason to keep it longer
    public @Nullable KeyValue known(long location, boolean passing) {
        return passing ? cache.peek(location) : cache.get(location);
    }

    /// The log's record went elsewhere.
    public void move(long from, long to) {
        cache.move(from, to);
    }
}
