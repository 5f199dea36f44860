package io.orlop.store.api;

/// Something that somebody should look at, and that stops part of the store until then.
///
/// @param member who has the trouble; 0 is this store
public record Alarm(long member, Kind kind) {
    public enum Kind {
        /// Nothing that needs room is taken: no puts, no leases.
        NO_SPACE,
        /// What is stored cannot be trusted: nothing is read or changed.
        CORRUPT
    }
}
