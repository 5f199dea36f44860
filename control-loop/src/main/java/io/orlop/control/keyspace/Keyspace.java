package io.orlop.control.keyspace;

import java.time.Duration;
import java.util.Optional;

/// An ordered map of keys to bytes with a history, shared by everybody.
///
/// Calls block. One that cannot be answered throws a [StoreUnavailableException]; of a commit that may mean that it was
/// kept all the same.
public interface Keyspace extends AutoCloseable {
    Optional<KeyValue> get(String key);

    /// Everything below a prefix at one revision, fetched in pages.
    Listing load(String prefix);

    Commit commit(Transaction transaction);

    /// Tells the listener everything that happens after the listing was made. Survives lost connections without losing
    /// or repeating an event. Where the store has forgotten the history in between (compaction), it lists again and
    /// tells the difference as puts and deletes. From [Listing#unknown(String)] it starts by listing.
    Watching watch(Listing after, WatchListener listener);

    Lease grant(Duration ttl);

    /// Renews a lease.
    ///
    /// @return how long it lasts now, or nothing if it is gone
    Optional<Duration> keepAlive(long lease);

    /// Ends a lease and deletes the keys under it. That it is already gone is no error.
    void revoke(long lease);

    /// Whether the last that was heard from the store was an answer.
    boolean online();

    @Override
    void close();
}
