package io.orlop.control.table;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.util.Optional;
import java.util.function.Supplier;

/// Commits writes as the leader: each carries the fence, so that what a displaced leader still has in hand is refused
/// by the store itself.
public final class FencedWriter {
    private final Keyspace keyspace;
    private final Supplier<Optional<Fence>> fence;

    /// @param fence the proof of leadership of now, or nothing while another leads
    public FencedWriter(Keyspace keyspace, Supplier<Optional<Fence>> fence) {
        this.keyspace = keyspace;
        this.fence = fence;
    }

    /// Keeps all the writes or none, and shows them to their tables before it returns.
    ///
    /// @return the revision in which they are kept
    /// @throws RefusalException `Conflict` if something changed since it was seen (the tables know by then what is
    ///     there now), `Unavailable` if another leads or the store is away, `TimedOut` if they may be kept all the
    ///     same
    public long commit(Writes writes) {
        return switch (attempt(writes)) {
            case Commit.Committed(long revision) -> revision;
            case Commit.Conflicted conflict ->
                throw new Refusal.Conflict(
                                String.join(", ", writes.learn(conflict)) + " changed in the meantime",
                                "read again and retry")
                        .exception();
            case Commit.Displaced(Fence lost) ->
                throw new Refusal.Unavailable(
                                "leadership over " + lost.key() + " was lost", "send the request to the new leader")
                        .exception();
        };
    }

    /// Makes a value that is not there yet, by itself.
    ///
    /// @return what is kept
    /// @throws RefusalException as [#commit(Writes)] does
    public <K extends Comparable<K>, T> Stored<T> create(Table<K, T> table, K id, T value) {
        return new Stored<>(value, commit(new Writes().create(table, id, value)), null);
    }

    /// Puts a value in place of the one that was seen, by itself. One that is the same is no change, and costs none.
    ///
    /// @return what is kept: to be shown at the next change as what was seen. What the table says by then may be
    ///     somebody else's already
    /// @throws RefusalException as [#commit(Writes)] does
    public <K extends Comparable<K>, T> Stored<T> replace(Table<K, T> table, K id, Stored<T> seen, T next) {
        if (next.equals(seen.value())) return seen;
        long revision = commit(new Writes().replace(table, id, seen, next));
        return new Stored<>(next, revision, seen.foreign() == null ? null : table.rewrite(seen, next));
    }

    private Commit attempt(Writes writes) {
        Fence standing = fence.get().orElseThrow(() -> new Refusal.Unavailable(
                        "this copy of the service does not lead", "send the request to the leader")
                .exception());
        Commit commit = keyspace.commit(writes.transaction().fencedBy(standing));
        if (commit instanceof Commit.Committed(long revision)) writes.echo(revision);
        return commit;
    }
}
