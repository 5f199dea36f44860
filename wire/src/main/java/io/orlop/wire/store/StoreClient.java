package io.orlop.wire.store;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/// A client of the store that is made anew when the files change that it proves itself with: a certificate that was
/// renewed counts without a restart.
///
/// ```
///   files change ──► new client: every call from now on
///                    old client: lives on until the calls that it carries have ended, then its streams end
/// ```
/// While the new files cannot be used, half written perhaps, the old client goes on.
public final class StoreClient implements AutoCloseable {
    private static final System.Logger LOGGER = System.getLogger(StoreClient.class.getName());

    private final Ambient ambient;
    private final StoreAccess access;
    private final Duration grace;
    private final UnaryOperator<ClientBuilder> settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Retired> retired = new ArrayDeque<>();
    private volatile Client current;
    private String fingerprint;
    private boolean closed;

    private record Retired(Client client, long untilNanos) {}

    private StoreClient(Ambient ambient, StoreAccess access, Duration grace, UnaryOperator<ClientBuilder> settings)
            throws IOException {
        this.ambient = ambient;
        this.access = access;
        this.grace = grace;
        this.settings = settings;
        this.fingerprint = access.fingerprint();
        this.current = make();
    }

    /// @param grace how long a call may take
    /// @throws RefusalException `Invalid` if a file cannot be used
    public static StoreClient open(
            Ambient ambient, StoreAccess access, Duration grace, UnaryOperator<ClientBuilder> settings) {
        try {
            return new StoreClient(ambient, access, grace, settings);
        } catch (IOException unreadable) {
            throw access.unreadable(unreadable).exception();
        }
    }

    /// To be asked for each call: it may be another one next time.
    public Client current() {
        return current;
    }

    /// Looks at the files. To be called every now and then.
    public void renew() {
        lock.lock();
        try {
            if (closed) return;
            closeRetired();
            String now = access.fingerprint();
            if (now.equals(fingerprint)) return;
            Client fresh = make();
            retired.add(new Retired(current, ambient.nanos() + grace.toNanos()));
            current = fresh;
            fingerprint = now;
            LOGGER.log(System.Logger.Level.INFO, "connecting to the store anew with what was renewed");
        } catch (IOException unreadable) {
            LOGGER.log(
                    System.Logger.Level.WARNING,
                    "going on as before: " + access.unreadable(unreadable).text());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            retired.forEach(old -> old.client().close());
            retired.clear();
            current.close();
        } finally {
            lock.unlock();
        }
    }

    private void closeRetired() {
        while (!retired.isEmpty() && ambient.nanos() - retired.peek().untilNanos() >= 0) {
            retired.remove().client().close();
        }
    }

    private Client make() throws IOException {
        return settings.apply(access.builder()).build();
    }
}
