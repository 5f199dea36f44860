package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.StoreProcess;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.takeover.Takeover;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// What is taken over, and how it goes on.
class TakeoverTest extends TakeoverScene {
    @Test
    void goesOnWhereAnEtcdWasStopped() throws Exception {
        withReal(data(), authority -> {
            users(Etcdctl.to(authority));
            live(authority, 21, 800);
        });
        takenAsEtcdWould(data());
        try (var ours = Files.list(data())) {
            assertThat(ours.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file + " is nobody else's")
                            .isEqualTo("rw-------"));
        }
        assertThat(take(data())).as("the second start").isEmpty();
    }

    @Test
    void doesWhatOnlyTheWriteAheadLogSays() throws Exception {
        Object[] before = new Object[1];
        untilKilled(
                data(),
                authority -> {
                    live(authority, 22, 700);
                    users(Etcdctl.to(authority));
                    live(authority, 23, 300);
                    before[0] = Inventory.of(authority);
                },
                LATE);
        assertThat(taken(data(), before[0], Inventory::of).entries()).isGreaterThan(50);
    }

    @Test
    void goesOnWithUsersWhoWereGuardedInTheWriteAheadLog() throws Exception {
        untilKilled(
                data(),
                authority -> {
                    Etcdctl anybody = Etcdctl.to(authority);
                    users(anybody);
                    anybody.ok("put", "k", "for readers");
                    anybody.ok("auth", "enable");
                    anybody.as("anna", "sesame").ok("put", "mine/1", "hers");
                    anybody.as("root", "secret").ok("user", "passwd", "bert", "--interactive=false");
                    anybody.as("root", "secret").ok("role", "revoke-permission", "readers", "k", "l");
                    anybody.as("anna", "sesame").ok("put", "mine/2", "hers");
                },
                LATE);
        assertThat(take(data())).isPresent();
        serve(data(), authority -> {
            Etcdctl anybody = Etcdctl.to(authority);
            assertThat(anybody.run("get", "k").complained()).contains("user name is empty");
            assertThat(anybody.as("anna", "sesame").run("get", "k").complained())
                    .contains("permission denied");
            assertThat(anybody.as("anna", "sesame").ok("get", "--prefix", "mine/"))
                    .isEqualTo("mine/1\nhers\nmine/2\nhers\n");
            assertThat(anybody.as("root", "secret").ok("get", "k")).isEqualTo("k\nfor readers\n");
        });
    }

    @Test
    void losesNothingThatWasAcknowledgedBeforeAKill() throws Exception {
        AtomicLong acknowledged = new AtomicLong();
        untilKilled(data(), authority -> {
            ManagedChannel channel = channel(authority);
            List<Thread> writers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int writer = i;
                writers.add(Thread.ofVirtual().start(() -> {
                    try {
                        for (int n = 0; ; n++) {
                            long revision = KVGrpc.newBlockingStub(channel)
                                    .put(PutRequest.newBuilder()
                                            .setKey(ByteString.copyFromUtf8("w" + writer + "/" + n))
                                            .setValue(ByteString.copyFromUtf8("x".repeat(900)))
                                            .build())
                                    .getHeader()
                                    .getRevision();
                            acknowledged.accumulateAndGet(revision, Math::max);
                        }
                    } catch (StatusRuntimeException killed) {
                        // That is the end.
                    }
                }));
            }
            // As many as there are, so that the kill below comes in the middle of others.
            while (acknowledged.get() < 2_000) Thread.onSpinWait();
            Thread.ofVirtual().start(channel::shutdown);
        });
        Takeover.Taken taken = takenAsEtcdWould(data(), "for etcd", TakeoverScene::hash);
        assertThat(taken.revision()).isGreaterThanOrEqualTo(acknowledged.get());
    }

    @Test
    void goesOnFromADirectoryThatASnapshotWasRestoredInto() throws Exception {
        withReal(directory.resolve("first"), authority -> {
            users(Etcdctl.to(authority));
            live(authority, 24, 600);
            Etcdctl.to(authority)
                    .ok("snapshot", "save", directory.resolve("snapshot").toString());
        });
        Etcdctl.to(0)
                .ok("snapshot", "restore", directory.resolve("snapshot").toString(), "--data-dir", data().toString());
        takenAsEtcdWould(data());
    }

    @Test
    void whatAnEtcdItselfLeavesBesideItsDataIsNoHindrance() throws Exception {
        Path wal = data().resolve("wal");
        try (RealEtcd etcd = RealEtcd.startOn(data(), "--auto-tls", "--wal-dir=" + wal)) {
            Etcdctl.to(etcd.endpoint()).ok("put", "k", "v", "--insecure-transport=false", "--insecure-skip-tls-verify");
        }
        assertThat(names(data())).contains("fixtures", "wal");
        Files.createDirectory(data().resolve("lost+found"));
        assertThat(Takeover.of(data(), wal, StoreOptions.defaults())).isPresent();
        serve(data(), authority -> assertThat(Etcdctl.to(authority).ok("get", "k"))
                .isEqualTo("k\nv\n"));
    }

    @Test
    void readsAWriteAheadLogOfSeveralFiles() throws Exception {
        Object[] before = new Object[1];
        untilKilled(data(), authority -> {
            ManagedChannel channel = channel(authority);
            for (int i = 0; i < 75; i++) {
                KVGrpc.newBlockingStub(channel)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("k" + i % 7))
                                .setValue(ByteString.copyFrom(new byte[1_000_000]))
                                .build());
            }
            channel.shutdownNow();
            live(authority, 25, 200);
            before[0] = hash(authority);
        });
        try (var wal = Files.list(data().resolve("member/wal"))) {
            assertThat(wal.filter(file -> file.toString().endsWith(".wal"))).hasSizeGreaterThan(1);
        }
        Path without = copy(data(), "without its first file");
        Files.delete(wal(without));
        taken(data(), before[0], TakeoverScene::hash);
        // The database has what was in there, and the checksums go on from the second file's head.
        assertThat(take(without)).isPresent();
    }

    @Test
    void anAlarmStaysOnUntilItIsSwitchedOff() throws Exception {
        Path data = data();
        untilKilled(
                data,
                authority -> {
                    Etcdctl etcdctl = Etcdctl.to(authority);
                    for (int i = 0; i < 400; i++) {
                        if (etcdctl.run("put", "k" + i, "x".repeat(100_000)).exit() != 0) break;
                    }
                    assertThat(etcdctl.ok("alarm", "list")).contains("NOSPACE");
                    assertThat(etcdctl.run("put", "no", "more").exit()).isNotZero();
                    etcdctl.ok("del", "k0");
                },
                "--quota-backend-bytes=5000000");
        takenAsEtcdWould(data);
        serve(data, authority -> {
            Etcdctl etcdctl = Etcdctl.to(authority);
            assertThat(etcdctl.ok("alarm", "list")).contains("NOSPACE");
            assertThat(etcdctl.run("put", "no", "more").complained()).contains("database space exceeded");
            etcdctl.ok("alarm", "disarm");
            etcdctl.ok("put", "now", "again");
        });
    }

    /// Whoever puts the store in etcd's place gives it the same flags and the same volume.
    @Test
    void aProcessInEtcdsPlaceTakesItOverOnceAndNotAfterAnEtcdWentOnThere() throws Exception {
        String wal = "--wal-dir=" + directory.resolve("wal");
        Inventory left;
        try (RealEtcd etcd = RealEtcd.startOn(data(), wal)) {
            live(etcd.authority(), 31, 400);
            left = Inventory.of(etcd.authority());
        }
        try (var store = store()) {
            assertThat(store.rest()).singleElement().asString().contains("cannot be taken over", "write-ahead log");
            assertThat(store.code()).isEqualTo(1);
        }
        try (var store = store(wal)) {
            String authority = "127.0.0.1:" + store.awaitReady();
            assertThat(store.saidBefore()).anySatisfy(line -> assertThat(line)
                    .startsWith("took over " + data().resolve("member"))
                    .contains("at revision " + left.revision()));
            assertThat(Inventory.of(authority)).isEqualTo(left);
            live(authority, 32, 50);
            store.signal("TERM");
            assertThat(store.code()).isZero();
        }
        try (var store = store(wal)) {
            String authority = "127.0.0.1:" + store.awaitReady();
            assertThat(store.saidBefore()).noneMatch(line -> line.contains("took over"));
            assertThat(Inventory.of(authority).revision())
                    .as("what it did itself stays")
                    .isGreaterThan(left.revision());
            store.signal("TERM");
            assertThat(store.code()).isZero();
        }
        try (RealEtcd etcd = RealEtcd.startOn(data(), wal)) {
            assertThat(Inventory.of(etcd.authority()))
                    .as("etcd's files are as they were")
                    .isEqualTo(left);
        }
        try (var store = store(wal)) {
            assertThat(store.rest())
                    .singleElement()
                    .asString()
                    .contains("an etcd has run on that since", "whichever is not wanted");
            assertThat(store.code()).isEqualTo(1);
        }
    }

    private StoreProcess store(String... more) throws IOException {
        List<String> flags =
                new ArrayList<>(List.of("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0"));
        flags.addAll(List.of(more));
        return new StoreProcess(flags.toArray(String[]::new));
    }
}
