package io.orlop.store.line;

import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;

/// A place in a line: a key, which is older than those behind it.
///
/// @param key the place is held as long as this exists
/// @param lease what keeps the key
/// @param created the revision that created the key: the order of the line
/// @param value what the key says
/// @param joined whether it was taken just now; otherwise the same lease had it already
/// @param inFront whether nobody was before it when it was taken
/// @param revision the store's when it was taken
public record Place(
        Octets key, long lease, long created, Octets value, boolean joined, boolean inFront, long revision) {
    static Place taken(Octets key, long lease, Octets value, KeyValue front, long revision) {
        return new Place(key, lease, revision, value, true, front.key().equals(key), revision);
    }

    static Place kept(KeyValue mine, KeyValue front, long revision) {
        boolean inFront = front.key().equals(mine.key());
        return new Place(mine.key(), mine.lease(), mine.createRevision(), mine.value(), false, inFront, revision);
    }
}
