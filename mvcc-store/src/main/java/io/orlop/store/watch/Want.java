package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;

/// What watches who are behind want next: those who want the same get the same.
record Want(KeyRange keys, long next, boolean previous, boolean puts, boolean deletes) {
    static Want of(WatchRequest request, long next) {
        return new Want(request.keys(), next, request.previous(), request.puts(), request.deletes());
    }

    boolean wants(Event.Kind kind) {
        return switch (kind) {
            case PUT -> puts;
            case DELETE -> deletes;
        };
    }
}
