package io.orlop.control.keyspace;

import io.orlop.model.RefusalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// An ordered map of keys to bytes with a history, shared by everybody.
///
/// Calls block. One that the store cannot or does not answer throws a [StoreUnavailableException]; of a commit that may
/// mean that it was kept all the same. Nothing else is thrown, but for the commit of what the store will never take.
public interface Keyspace extends AutoCloseable {
    Optional<KeyValue> get(String key);

    /// Everything below a prefix at one revision, fetched in pages.
    default Listing load(String prefix) {
        var entries = new ArrayList<KeyValue>();
        long revision = load(prefix, entries::addAll);
        return new Listing(prefix, entries, revision);
    }

    /// The same page by page, sorted by key, for who need not have everything in hand at once. A page has a bounded
    /// size, however large the values are.
    ///
    /// @return the revision that all pages were read at
    /// @throws StoreUnavailableException also if the store forgot that revision before the last page came: what was
    /// handed over until then is true of it, and the caller begins again
    long load(String prefix, Consumer<List<KeyValue>> page);

    /// @throws RefusalException `Invalid` if the store never takes a transaction of this size; nothing was changed
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
