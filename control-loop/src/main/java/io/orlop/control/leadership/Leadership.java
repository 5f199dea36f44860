package io.orlop.control.leadership;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Lease;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.control.loop.BackOff;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// One copy's part in the question who leads. Whoever makes the key leads, for as long as the lease under it is kept
/// alive; the others watch the key and try again when it is gone.
///
/// ```
///            key absent: made under our lease
///   Waiting ─────────────────────────────────► Leading ──┐ every third of the time to live:
///      ▲                                         │  ▲    │ keep the lease alive
///      │   the lease is gone, or could not be    │  └────┘
///      └── renewed for as long as it lasts ──────┘
/// ```
///
/// Two things keep a displaced leader from writing. By its own clock it stops to believe in itself before the store
/// lets go of the key: the time counts from *before* the renewal was sent. And where the clock fails, the store
/// refuses: every transaction carries the [Fence].
public final class Leadership implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final Keyspace keyspace;
    private final String key;
    private final String candidate;
    private final Duration ttl;
    private final BackOff backOff;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private final Signal stirred;
    private final Signal resigned;
    private volatile @Nullable Term term;
    private volatile @Nullable String leader;
    private volatile boolean started;
    private volatile boolean closed;

    /// @param trustedUntilNanos by the ambient clock, the time until which the store surely keeps the key
    private record Term(Fence fence, Lease lease, long trustedUntilNanos) {}

    /// @param key where leadership is recorded, one for each service
    /// @param candidate a name that no other copy has; it is shown to who asks for the leader
    public Leadership(Ambient ambient, Keyspace keyspace, String key, String candidate, Duration ttl) {
        this.ambient = ambient;
        this.keyspace = keyspace;
        this.key = key;
        this.candidate = candidate;
        this.ttl = ttl;
        this.backOff = new BackOff(Duration.ofMillis(100), ttl.dividedBy(2));
        this.stirred = ambient.signal();
        this.resigned = ambient.signal();
    }

    /// To be called before [#start()].
    public void listen(LeadershipListener listener) {
        listeners.add(listener);
    }

    public Leadership start() {
        started = true;
        ambient.start("leadership " + key, this::campaign);
        return this;
    }

    /// The proof that this copy leads, while it does.
    public Optional<Fence> fence() {
        Term current = term;
        return current == null || ambient.nanos() - current.trustedUntilNanos() >= 0
                ? Optional.empty()
                : Optional.of(current.fence());
    }

    public boolean isLeading() {
        return fence().isPresent();
    }

    /// The candidate that led when this copy looked last.
    public Optional<String> leader() {
        return Optional.ofNullable(leader);
    }

    /// Resigns: the key is deleted, and another copy may lead at once. Waits a little for that to be done.
    @Override
    public void close() {
        closed = true;
        stirred.raise();
        try {
            // Raised again for whoever closes it a second time.
            if (started && resigned.await(PATIENCE)) resigned.raise();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void campaign() {
        int failures = 0;
        try {
            while (!closed) {
                try {
                    Term won = stand();
                    failures = 0;
                    if (won != null) reign(won);
                } catch (StoreUnavailableException _) {
                    stirred.await(backOff.after(++failures, ambient.random()));
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            resigned.raise();
        }
    }

    /// Tries once to make the key; if another has it, waits until it is gone.
    private @Nullable Term stand() throws InterruptedException {
        Optional<KeyValue> held = keyspace.get(key);
        if (held.isPresent()) {
            awaitVacancy(held.get());
            return null;
        }
        long before = ambient.nanos();
        Lease lease = keyspace.grant(ttl);
        Term won = null;
        try {
            won = made(lease, before);
            return won;
        } finally {
            if (won == null) revoke(lease);
        }
    }

    private @Nullable Term made(Lease lease, long before) {
        Transaction makeKey = Transaction.of()
                .absent(key)
                .put(key, bytes(candidate), lease.id())
                .build();
        Commit commit;
        try {
            commit = keyspace.commit(makeKey);
        } catch (StoreUnavailableException e) {
            if (!e.outcomeUnknown()) throw e;
            // No answer: the key itself says whether it is ours.
            return keyspace.get(key)
                    .filter(found -> found.lease() == lease.id())
                    .map(found -> term(lease, found.createRevision(), before))
                    .orElse(null);
        }
        return switch (commit) {
            case Commit.Committed(long revision) -> term(lease, revision, before);
            case Commit.Conflicted _, Commit.Displaced _ -> null;
        };
    }

    private Term term(Lease lease, long createRevision, long before) {
        return new Term(new Fence(key, createRevision), lease, before + ttl.toNanos());
    }

    private void awaitVacancy(KeyValue held) throws InterruptedException {
        leader = text(held.value());
        Listing after = new Listing(key, List.of(held), held.modRevision());
        try (Watching _ = keyspace.watch(after, new WatchListener() {
            @Override
            public void changed(Changes changes) {
                for (Event event : changes.events()) {
                    if (event.key().equals(key) && event instanceof Event.Deleted) stirred.raise();
                }
            }
        })) {
            // The watch tells at once; the time is for the case that it cannot.
            stirred.await(ttl);
        }
    }

    private void reign(Term won) throws InterruptedException {
        term = won;
        leader = candidate;
        String why = "this copy resigned";
        try {
            listeners.forEach(listener -> listener.acquired(won.fence()));
            why = renewUntilLost(won);
        } finally {
            term = null;
            leader = null;
            String reason = why;
            listeners.forEach(listener -> listener.lost(reason));
        }
        revoke(won.lease());
    }

    /// @return why it ended
    private String renewUntilLost(Term won) throws InterruptedException {
        Duration third = ttl.dividedBy(3);
        Duration pause = third;
        while (true) {
            stirred.await(pause);
            if (closed) return "this copy resigned";
            long before = ambient.nanos();
            if (!isLeading()) return "the lease could not be renewed for " + ttl;
            try {
                if (keyspace.keepAlive(won.lease().id()).isEmpty()) return "the lease had run out";
                term = new Term(won.fence(), won.lease(), before + ttl.toNanos());
                pause = third;
            } catch (StoreUnavailableException _) {
                // Often enough to use every chance that is left, and not beyond the time that is left.
                pause = third.dividedBy(4);
            }
        }
    }

    private void revoke(Lease lease) {
        try {
            keyspace.revoke(lease.id());
        } catch (StoreUnavailableException _) {
            // Then it runs out by itself.
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }
}
