package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;

/// What somebody wants to hear of.
///
/// @param id the client's choice of a name within its stream, 0 to be given one
/// @param start the first revision wanted, 0 for the next one; may lie in the future
/// @param progress whether to be told now and then how far the watch is when nothing happens
/// @param previous whether events carry the key as it was before
public record WatchRequest(
        long id, KeyRange keys, long start, boolean progress, boolean previous, boolean puts, boolean deletes) {
    public static WatchRequest of(KeyRange keys) {
        return new WatchRequest(0, keys, 0, false, false, true, true);
    }

    public WatchRequest from(long revision) {
        return new WatchRequest(id, keys, revision, progress, previous, puts, deletes);
    }

    public WatchRequest withPrevious() {
        return new WatchRequest(id, keys, start, progress, true, puts, deletes);
    }

    public WatchRequest withProgress() {
        return new WatchRequest(id, keys, start, true, previous, puts, deletes);
    }

    boolean wants(Event.Kind kind) {
        return switch (kind) {
            case PUT -> puts;
            case DELETE -> deletes;
        };
    }
}
