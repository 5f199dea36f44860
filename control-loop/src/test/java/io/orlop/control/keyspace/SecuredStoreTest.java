package io.orlop.control.keyspace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.orlop.control.keyspace.etcd.EtcdKeyspace;
import io.orlop.control.keyspace.etcd.EtcdSettings;
import io.orlop.control.keyspace.etcd.StorePolicies;
import io.orlop.etcd.RealEtcd;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.AuthOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.wire.store.StoreAccess;
import io.orlop.wire.store.StoreClient;
import io.orlop.wire.store.StoreLogin;
import io.orlop.wire.store.StoreTls;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store that is not open to everybody: certificates on both sides, and a user with a password.
class SecuredStoreTest {
    private static final String PASSWORD = "open-sesame-7";

    @TempDir
    Path directory;

    private final List<AutoCloseable> running = new ArrayList<>();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : running.reversed()) each.close();
    }

    private <T extends AutoCloseable> T keep(T part) {
        running.add(part);
        return part;
    }

    private EtcdServer door(MvccStore store, int port, Certificate server, Path trusted) throws Exception {
        var listen = new Door.Listen(new InetSocketAddress("127.0.0.1", port), true);
        return EtcdServer.start(
                store,
                EtcdOptions.listening(List.of(listen))
                        .door(DoorOptions.defaults().tls(new Tls(server.chain(), server.key(), trusted, true))));
    }

    private static String endpoint(EtcdServer door) {
        return "https://127.0.0.1:" + door.port();
    }

    private MvccStore store() throws Exception {
        return keep(MvccStore.open(directory.resolve("data"), StoreOptions.defaults()));
    }

    private EtcdKeyspace keyspace(String endpoint, StoreTls tls, StoreLogin login) {
        var access = new StoreAccess(List.of(endpoint), tls, login);
        return keep(EtcdKeyspace.connect(
                Ambient.system(),
                EtcdSettings.at(access).callTimeout(Duration.ofSeconds(5)),
                StorePolicies.ofDefaults()));
    }

    private static void put(Keyspace keyspace, String key) {
        assertThat(keyspace.commit(
                        Transaction.of().put(key, "1".getBytes(UTF_8)).build()))
                .isInstanceOf(Commit.Committed.class);
    }

    @Test
    void whoHasACertificateIsLetInAndAStrangerIsNot() throws Exception {
        Certificate server = Certificate.make(directory, "server");
        Certificate ours = Certificate.make(directory, "ours");
        String endpoint = endpoint(keep(door(store(), 0, server, ours.chain())));
        EtcdKeyspace known =
                keyspace(endpoint, new StoreTls(server.chain(), ours.chain(), ours.key()), StoreLogin.NONE);
        put(known, "/a");
        assertThat(known.get("/a")).isPresent();
        EtcdKeyspace stranger = keyspace(endpoint, new StoreTls(server.chain(), null, null), StoreLogin.NONE);
        assertThatThrownBy(() -> stranger.get("/a")).isInstanceOf(StoreUnavailableException.class);
        EtcdKeyspace distrustful =
                keyspace(endpoint, new StoreTls(ours.chain(), ours.chain(), ours.key()), StoreLogin.NONE);
        assertThatThrownBy(() -> distrustful.get("/a")).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aRenewedCertificateCountsWithoutARestart() throws Exception {
        // Given a client that shows a certificate, and watches
        Certificate server = Certificate.make(directory, "server");
        Certificate ours = Certificate.make(directory, "ours");
        Certificate next = Certificate.make(directory, "next");
        MvccStore store = store();
        EtcdServer door = door(store, 0, server, ours.chain());
        EtcdKeyspace keyspace =
                keyspace(endpoint(door), new StoreTls(server.chain(), ours.chain(), ours.key()), StoreLogin.NONE);
        var told = new Recorder("/w/");
        try (Watching _ = keyspace.watch(keyspace.load("/w/"), told)) {
            put(keyspace, "/w/a");
            assertThat(told.next(1)).containsExactly("put a=1");
            // When its certificate is replaced, and the store comes back and believes the new one alone
            int port = door.port();
            door.close();
            next.replace(ours);
            keep(door(store, port, server, next.chain()));
            // Then the client is let in, and the watch has lost nothing
            eventually(() -> put(keyspace, "/w/b"));
            assertThat(told.next(1)).containsExactly("put b=1");
        }
    }

    @Test
    void whatIsHalfWrittenLeavesTheClientAsItWas() throws Exception {
        Certificate server = Certificate.make(directory, "server");
        Certificate ours = Certificate.make(directory, "ours");
        EtcdServer door = keep(door(store(), 0, server, ours.chain()));
        var access = new StoreAccess(
                List.of(endpoint(door)), new StoreTls(server.chain(), ours.chain(), ours.key()), StoreLogin.NONE);
        StoreClient client = keep(StoreClient.open(Ambient.system(), access, Duration.ZERO, builder -> builder));
        Client first = client.current();
        client.renew();
        assertThat(client.current()).isSameAs(first);
        // When a file is half written
        String whole = Files.readString(ours.key());
        Files.writeString(ours.key(), whole.substring(0, 40));
        client.renew();
        // Then the client stays, until all of it is there
        assertThat(client.current()).isSameAs(first);
        Files.writeString(ours.key(), whole + "\n");
        client.renew();
        assertThat(client.current()).isNotSameAs(first);
        assertThat(client.current()
                        .getKVClient()
                        .get(bytes("/a"))
                        .get(20, TimeUnit.SECONDS)
                        .getCount())
                .isZero();
    }

    private static void eventually(Runnable works) throws InterruptedException {
        for (int tries = 0; tries < 200; tries++) {
            try {
                works.run();
                return;
            } catch (StoreUnavailableException _) {
                Thread.sleep(100);
            }
        }
        works.run();
    }

    @Test
    void aMissingFileIsSaidAtTheStart() {
        assertThatThrownBy(() -> keyspace(
                        "https://127.0.0.1:1",
                        new StoreTls(directory.resolve("nowhere.crt"), null, null),
                        StoreLogin.NONE))
                .isInstanceOf(RefusalException.class)
                .hasMessageContaining("nowhere.crt")
                .hasMessageContaining("orlop.store.tls");
    }

    @Test
    void certificatesForAnOpenEndpointAreAMistake() {
        assertThatThrownBy(() -> new StoreAccess(
                        List.of("http://127.0.0.1:2379"),
                        new StoreTls(directory.resolve("ca.crt"), null, null),
                        StoreLogin.NONE))
                .hasMessageContaining("not https");
    }

    @Test
    void aUserAndItsPasswordOpenOurOwnStore() throws Exception {
        EtcdServer door = keep(EtcdServer.start(
                store(),
                EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                        .auth(AuthOptions.usual().passwordCost(4))));
        aUserAndItsPasswordOpen("http://127.0.0.1:" + door.port());
    }

    @Test
    void aUserAndItsPasswordOpenARealEtcd() throws Exception {
        aUserAndItsPasswordOpen(keep(RealEtcd.startEmpty()).endpoint());
    }

    private void aUserAndItsPasswordOpen(String endpoint) throws Exception {
        lock(endpoint);
        // Given a password in a file, a wrong password, and nobody
        Path file = Files.writeString(directory.resolve("password"), PASSWORD + "\n");
        EtcdKeyspace anna = keyspace(endpoint, StoreTls.NONE, new StoreLogin("root", null, file));
        EtcdKeyspace burglar = keyspace(endpoint, StoreTls.NONE, new StoreLogin("root", "guessed", null));
        EtcdKeyspace nobody = keyspace(endpoint, StoreTls.NONE, StoreLogin.NONE);
        // Then everything is open to the first
        put(anna, "/w/a");
        Lease lease = anna.grant(Duration.ofSeconds(60));
        assertThat(anna.keepAlive(lease.id())).isPresent();
        anna.revoke(lease.id());
        assertThat(anna.load("/w/").entries()).hasSize(1);
        var told = new Recorder("/w/");
        try (Watching _ = anna.watch(Listing.unknown("/w/"), told)) {
            assertThat(told.next(1)).containsExactly("put a=1");
        }
        // And the others learn what to look at
        for (EtcdKeyspace other : List.of(burglar, nobody)) {
            assertThatThrownBy(() -> other.get("/w/a"))
                    .isInstanceOfSatisfying(
                            StoreUnavailableException.class,
                            thrown -> assertThat(thrown.refusal().remedy()).contains("orlop.store.user"));
            assertThatThrownBy(() -> put(other, "/w/b")).isInstanceOf(StoreUnavailableException.class);
        }
    }

    private static void lock(String endpoint) throws Exception {
        try (Client client = Client.builder().endpoints(endpoint).build()) {
            var auth = client.getAuthClient();
            auth.userAdd(bytes("root"), bytes(PASSWORD)).get(20, TimeUnit.SECONDS);
            auth.roleAdd(bytes("root")).get(20, TimeUnit.SECONDS);
            auth.userGrantRole(bytes("root"), bytes("root")).get(20, TimeUnit.SECONDS);
            auth.authEnable().get(20, TimeUnit.SECONDS);
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }
}
