package io.orlop.store.api;

import org.jspecify.annotations.Nullable;

/// One change of one key, as watchers hear of it.
///
/// @param previous the key before, if the watcher asked for it and it is still known
public record Event(Kind kind, KeyValue kv, @Nullable KeyValue previous) {
    public enum Kind {
        PUT,
        DELETE
    }

    public long revision() {
        return kv.modRevision();
    }

    public Event withoutPrevious() {
        return previous == null ? this : new Event(kind, kv, null);
    }
}
