package io.orlop.control.keyspace;

/// What happened to a key.
public sealed interface Event {
    String key();

    /// The revision in which it happened. Of an event that a new listing had to make up, the revision of the listing.
    long revision();

    record Put(KeyValue entry) implements Event {
        @Override
        public String key() {
            return entry.key();
        }

        @Override
        public long revision() {
            return entry.modRevision();
        }
    }

    record Deleted(String key, long revision) implements Event {}
}
