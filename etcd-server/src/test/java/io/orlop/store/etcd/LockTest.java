package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lock.LockResponse;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Locks, with the client that Orlop's own services use and with the command line.
class LockTest {
    private static final ByteSequence NAME = ByteSequence.from("jobs", StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        client = Client.builder().endpoints("http://127.0.0.1:" + server.port()).build();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.close();
        store.close();
    }

    private long lease() throws Exception {
        return client.getLeaseClient().grant(100).get().getID();
    }

    private CompletableFuture<LockResponse> lock(long lease) {
        return client.getLockClient().lock(NAME, lease);
    }

    private List<Octets> waiting() {
        return store.range(Operation.Range.of(KeyRange.prefix(Octets.of("jobs/")))).kvs().stream()
                .map(KeyValue::key)
                .toList();
    }

    /// Returns when somebody puts a key there.
    private Hearing hearing() {
        return Hearing.of(store, KeyRange.prefix(Octets.of("jobs/")));
    }

    @Test
    void givesTheLockToOneAfterTheOther() throws Exception {
        long first = lease();
        long second = lease();
        LockResponse held = lock(first).get();
        assertThat(held.getKey())
                .isEqualTo(ByteSequence.from("jobs/" + Long.toHexString(first), StandardCharsets.UTF_8));
        Hearing hearing = hearing();
        CompletableFuture<LockResponse> next = lock(second);
        hearing.next();
        assertThat(next).isNotDone();
        client.getLockClient().unlock(held.getKey()).get();
        LockResponse got = next.get();
        assertThat(got.getHeader().getRevision()).isEqualTo(store.revision());
        assertThat(waiting()).containsExactly(Octets.of("jobs/" + Long.toHexString(second)));
    }

    @Test
    void locksTwiceWithOneLeaseAsOnce() throws Exception {
        long lease = lease();
        LockResponse once = lock(lease).get();
        LockResponse twice = lock(lease).get();
        assertThat(twice.getKey()).isEqualTo(once.getKey());
        assertThat(twice.getHeader().getRevision()).isEqualTo(once.getHeader().getRevision());
    }

    @Test
    void passesTheLockOnWhenTheLeaseEnds() throws Exception {
        long first = lease();
        lock(first).get();
        Hearing hearing = hearing();
        CompletableFuture<LockResponse> next = lock(lease());
        hearing.next();
        client.getLeaseClient().revoke(first).get();
        assertThat(next.get().getKey().toString()).startsWith("jobs/");
    }

    @Test
    void takesALeaseOfAMinuteForThoseWithoutOne() throws Exception {
        lock(0).get();
        long lease = MvccStore.await(store.leases()).getFirst();
        assertThat(MvccStore.await(store.lease(lease, true)).getFirst().ttlSeconds())
                .isEqualTo(60);
        assertThat(waiting()).containsExactly(Octets.of("jobs/" + Long.toHexString(lease)));
    }

    @Test
    void leavesNothingBehindWhenTheClientGoesAway() throws Exception {
        lock(lease()).get();
        int before = MvccStore.await(store.leases()).size();
        Hearing hearing = hearing();
        CompletableFuture<LockResponse> given = lock(0);
        hearing.next();
        given.cancel(true);
        client.close();
        assertThat(hearing.next().kind()).isEqualTo(Event.Kind.DELETE);
        assertThat(waiting()).hasSize(1);
        // The lease that the call took goes right after its place, by the same writer.
        while (MvccStore.await(store.leases()).size() > before) Thread.onSpinWait();
    }

    @Test
    void saysThatTheSessionExpiredWhileItWaited() throws Exception {
        LockResponse held = lock(lease()).get();
        long second = lease();
        Hearing hearing = hearing();
        CompletableFuture<LockResponse> next = lock(second);
        hearing.next();
        client.getLeaseClient().revoke(second).get();
        client.getLockClient().unlock(held.getKey()).get();
        assertThatThrownBy(next::get).hasMessageContaining("mutex: session is expired");
    }

    @Test
    void refusesAnUnknownLeaseInEtcdsWords() {
        assertThatThrownBy(() -> lock(4711).get())
                .hasMessageContaining("UNKNOWN")
                .hasMessageContaining("etcdserver: requested lease not found");
    }

    @Test
    void servesTheCommandLine() throws Exception {
        Etcdctl etcdctl = Etcdctl.to(server.port());
        Process holder = etcdctl.start("lock", "jobs");
        BufferedReader says =
                new BufferedReader(new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8));
        String key = says.readLine();
        assertThat(key).startsWith("jobs/");
        Hearing hearing = hearing();
        CompletableFuture<LockResponse> next = lock(lease());
        hearing.next();
        assertThat(next).isNotDone();
        holder.destroy();
        holder.waitFor();
        assertThat(next.get().getKey().toString()).startsWith("jobs/");
    }
}
