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
import io.orlop.control.loop.Lasting;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One copy's part in the question who leads. Whoever makes the key leads, for as long as the lease under it is kept
/// alive; the others watch the key and try again when it is gone.
///
/// ```
///            key absent: made under our lease
///   Waiting ─────────────────────────────────► Leading ──┐ every third of the time to live, without
///      ▲                                         │  ▲    │ waiting for the answer to the last:
///      │   the lease is gone, or could not be    │  └────┘ keep the lease alive
///      └── renewed for as long as it lasts ──────┘
/// ```
///
/// Two things keep a displaced leader from writing. By its own clock it stops to believe in itself before the store
/// lets go of the key: the time counts from *before* the renewal was sent. And where the clock fails, the store
/// refuses: every transaction carries the [Fence].
///
/// The key holds the leader's address and nothing else. Whose it is says the lease under it, so two copies may have
/// the same address, one after the other.
public final class Leadership implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Ambient ambient;
    private final Keyspace keyspace;
    private final String key;
    private final String address;
    private final Duration ttl;
    private final BackOff backOff;
    private final List<LeadershipListener> listeners = new CopyOnWriteArrayList<>();
    private final Signal stirred;
    private final AtomicReference<Led> led = new AtomicReference<>(new Led(null, 0));
    private volatile @Nullable Term term;
    private volatile @Nullable Lasting campaign;
    private volatile boolean closed;

    /// Who led at a revision; null for nobody.
    private record Led(@Nullable String address, long revision) {}

    /// @param key where leadership is recorded, one for each service
    /// @param address where clients reach this copy
    /// @param ttl how long a leader that died unnoticed keeps the next one waiting
    public Leadership(Ambient ambient, Keyspace keyspace, String key, String address, Duration ttl) {
        this.ambient = ambient;
        this.keyspace = keyspace;
        this.key = key;
        this.address = address;
        this.ttl = ttl;
        this.backOff = new BackOff(Duration.ofMillis(100), ttl.dividedBy(2));
        this.stirred = ambient.signal();
    }

    /// To be called before [#start()].
    public void listen(LeadershipListener listener) {
        listeners.add(listener);
    }

    public Leadership start() {
        campaign = Lasting.start(ambient, "leadership " + key, this::campaign);
        return this;
    }

    /// The proof that this copy leads, while it does.
    public Optional<Fence> fence() {
        Term current = term;
        return current == null || ambient.nanos() - current.trustedUntilNanos.get() >= 0
                ? Optional.empty()
                : Optional.of(current.fence);
    }

    public boolean isLeading() {
        return fence().isPresent();
    }

    /// Where the leader answers, as of late: the watch on the key tells. Nothing while nobody leads.
    public Optional<String> leader() {
        // What the key said of us counts for as long as we believe it ourselves.
        return term == null ? Optional.ofNullable(led.get().address()) : fence().map(_ -> address);
    }

    /// Resigns: the key is deleted, and another copy may lead at once. Waits a little for that to be done.
    @Override
    public void close() {
        closed = true;
        stirred.raise();
        Lasting started = campaign;
        if (started == null) return;
        started.close();
        try {
            started.awaitEnd(PATIENCE);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void campaign() throws InterruptedException {
        int failures = 0;
        while (!closed) {
            try {
                stand();
                failures = 0;
            } catch (RefusalException _) {
                stirred.await(backOff.after(++failures, ambient.random()));
            }
        }
    }

    /// Waits until nobody leads, and leads if nobody was faster.
    private void stand() throws InterruptedException {
        Optional<KeyValue> held = keyspace.get(key);
        if (held.isPresent()) {
            awaitVacancy(held.get());
            return;
        }
        long before = ambient.nanos();
        Lease lease = keyspace.grant(ttl);
        try {
            Term won = made(lease, before);
            if (won != null) reign(won);
        } finally {
            revoke(lease);
        }
    }

    private @Nullable Term made(Lease lease, long before) {
        Transaction makeKey = Transaction.of()
                .absent(key)
                .put(key, bytes(address), lease.id())
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
        heard(text(held.value()), held.modRevision());
        Listing after = new Listing(key, List.of(held), held.modRevision());
        try (Watching _ = keyspace.watch(after, new WatchListener() {
            @Override
            public void changed(Changes changes) {
                for (Event event : changes.events()) {
                    if (event.key().equals(key)) tell(event);
                }
            }
        })) {
            // The watch tells at once; now and then we look ourselves, for the case that it cannot.
            long now = led.get().revision();
            while (!closed && led.get().address() != null) {
                if (stirred.await(ttl)) continue;
                if (keyspace.get(key)
                        .filter(found -> found.modRevision() == now)
                        .isEmpty()) return;
            }
        }
    }

    private void tell(Event event) {
        switch (event) {
            case Event.Put(KeyValue entry) -> heard(text(entry.value()), entry.modRevision());
            case Event.Deleted(var _, long revision) -> {
                heard(null, revision);
                stirred.raise();
            }
        }
    }

    /// What is told late does not count.
    private void heard(@Nullable String leader, long revision) {
        led.accumulateAndGet(
                new Led(leader, revision), (known, told) -> told.revision() >= known.revision() ? told : known);
    }

    private void reign(Term won) throws InterruptedException {
        long since = won.fence.createRevision();
        term = won;
        heard(address, since);
        String why = "this copy ended by surprise";
        try {
            listeners.forEach(listener -> listener.acquired(won.fence));
            why = renewUntilLost(won);
        } finally {
            heard(null, since);
            term = null;
            String reason = why;
            listeners.forEach(listener -> listener.lost(reason));
        }
    }

    /// Sends the next renewal whether or not the last was answered: one call that hangs must not cost the lead.
    ///
    /// @return why it ended
    private String renewUntilLost(Term won) throws InterruptedException {
        Duration third = ttl.dividedBy(3);
        while (true) {
            // After a failure often enough to use every chance that is left.
            stirred.await(won.missed ? third.dividedBy(4) : third);
            if (closed) return "this copy resigned";
            if (won.gone) return "the lease had run out";
            if (!isLeading()) return "the lease could not be renewed for " + ttl;
            ambient.startNative("renewal " + key, () -> renew(won));
        }
    }

    private void renew(Term won) {
        long before = ambient.nanos();
        try {
            won.gone = keyspace.keepAlive(won.lease.id()).isEmpty();
            won.missed = false;
            if (won.gone) stirred.raise();
            else won.trust(before + ttl.toNanos());
        } catch (RefusalException _) {
            won.missed = true;
        }
    }

    private void revoke(Lease lease) {
        try {
            keyspace.revoke(lease.id());
        } catch (RefusalException _) {
            // Then it runs out by itself.
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, UTF_8);
    }

    /// One time of leading, and what its renewals found.
    private static final class Term {
        private final Fence fence;
        private final Lease lease;
        /// By the ambient clock, the time until which the store surely keeps the key.
        private final AtomicLong trustedUntilNanos;

        private volatile boolean missed;
        private volatile boolean gone;

        Term(Fence fence, Lease lease, long trustedUntilNanos) {
            this.fence = fence;
            this.lease = lease;
            this.trustedUntilNanos = new AtomicLong(trustedUntilNanos);
        }

        /// Answers may overtake each other.
        void trust(long untilNanos) {
            trustedUntilNanos.accumulateAndGet(untilNanos, (one, other) -> other - one > 0 ? other : one);
        }
    }
}
