package io.orlop.store.etcd;

import static io.orlop.store.etcd.TakeoverScene.live;
import static io.orlop.store.etcd.TakeoverScene.users;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.backup.Restore;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From our store to a real etcd and back, by nothing but a snapshot: whoever moves takes everything along.
class MovingTest {
    private static final int OPERATIONS = Integer.getInteger("orlop.operations", 1500);

    @TempDir
    Path directory;

    private Etcdctl etcdctl;

    @BeforeEach
    void findEtcdctl() {
        etcdctl = Etcdctl.to(0);
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private static EtcdServer serve(MvccStore store) throws IOException {
        return EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
    }

    private interface With {
        void authority(String authority) throws Exception;
    }

    private void withOurs(String name, With with) throws Exception {
        StoreOptions small = StoreOptions.defaults().segmentBytes(50_000);
        try (MvccStore store = MvccStore.open(directory.resolve(name), small);
                EtcdServer server = serve(store)) {
            with.authority("127.0.0.1:" + server.port());
        }
    }

    private void withReal(String name, With with) throws Exception {
        try (RealEtcd etcd = RealEtcd.startOn(directory.resolve(name))) {
            with.authority(etcd.authority());
        }
    }

    private void save(String authority, String name) throws Exception {
        Etcdctl.to(authority).ok("snapshot", "save", at(name));
    }

    private void restoreForEtcd(String snapshot, String name) throws Exception {
        etcdctl.ok("snapshot", "restore", at(snapshot), "--data-dir", at(name));
    }

    @Test
    void aRealEtcdGoesOnFromOurSnapshot() throws Exception {
        Inventory[] before = new Inventory[1];
        withOurs("ours", authority -> {
            users(Etcdctl.to(authority));
            live(authority, 7, OPERATIONS);
            before[0] = Inventory.of(authority);
            save(authority, "snapshot");
        });
        JsonObject status = JsonParser.parseString(etcdctl.ok("snapshot", "status", at("snapshot"), "-w", "json"))
                .getAsJsonObject();
        assertThat(status.get("revision").getAsLong()).isEqualTo(before[0].revision());
        assertThat(status.get("totalSize").getAsLong()).isEqualTo(Files.size(directory.resolve("snapshot")) - 32);
        restoreForEtcd("snapshot", "real");
        withReal("real", authority -> {
            assertThat(Inventory.of(authority)).isEqualTo(before[0]);
            live(authority, 8, OPERATIONS);
        });
    }

    @Test
    void weGoOnFromTheSnapshotAndFromTheFilesOfARealEtcd() throws Exception {
        Inventory[] before = new Inventory[1];
        withReal("real", authority -> {
            users(Etcdctl.to(authority));
            live(authority, 9, OPERATIONS);
            before[0] = Inventory.of(authority);
            save(authority, "snapshot");
        });
        assertThat(Restore.restore(directory.resolve("snapshot"), List.of(), directory.resolve("ours"))
                        .hashed())
                .isTrue();
        withOurs("ours", authority -> {
            assertThat(Inventory.of(authority)).isEqualTo(before[0]);
            live(authority, 10, OPERATIONS);
        });
        assertThat(OfflineVerification.of(directory.resolve("ours")).findings()).isEmpty();
        assertThat(Restore.restore(directory.resolve("real/member/snap/db"), List.of(), directory.resolve("again"))
                        .hashed())
                .isFalse();
        withOurs("again", authority -> assertThat(Inventory.of(authority)).isEqualTo(before[0]));
    }

    @Test
    void thereAndBackAgainChangesNothing() throws Exception {
        Inventory[] before = new Inventory[1];
        withOurs("ours", authority -> {
            live(authority, 11, OPERATIONS);
            save(authority, "first");
        });
        restoreForEtcd("first", "real");
        withReal("real", authority -> {
            live(authority, 12, OPERATIONS);
            before[0] = Inventory.of(authority);
            save(authority, "second");
        });
        Restore.restore(directory.resolve("second"), List.of(), directory.resolve("back"));
        withOurs("back", authority -> {
            assertThat(Inventory.of(authority)).isEqualTo(before[0]);
            save(authority, "third");
        });
        Restore.restore(directory.resolve("third"), List.of(), directory.resolve("once more"));
        withOurs("once more", authority -> assertThat(Inventory.of(authority)).isEqualTo(before[0]));
    }

    @Test
    void aDatabaseOfManyPagesMoves() throws Exception {
        Inventory[] before = new Inventory[1];
        withOurs("ours", authority -> {
            ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + authority)
                    .usePlaintext()
                    .build();
            // Three levels of branches, pages that go on, and values that just fit.
            Random random = new Random(13);
            for (int i = 0; i < 4_000; i++) {
                byte[] value = new byte[i % 500 == 0 ? 20_000 : 3_000 + random.nextInt(1_100)];
                KVGrpc.newBlockingStub(channel)
                        .put(PutRequest.newBuilder()
                                .setKey(ByteString.copyFromUtf8("k" + random.nextInt(3_000)))
                                .setValue(ByteString.copyFrom(value))
                                .build());
            }
            KVGrpc.newBlockingStub(channel)
                    .compact(CompactionRequest.newBuilder().setRevision(4_000).build());
            channel.shutdownNow();
            before[0] = Inventory.of(authority);
            save(authority, "snapshot");
        });
        etcdctl.ok("snapshot", "status", at("snapshot"));
        restoreForEtcd("snapshot", "real");
        withReal("real", authority -> assertThat(Inventory.of(authority)).isEqualTo(before[0]));
        Restore.restore(directory.resolve("snapshot"), List.of(), directory.resolve("back"));
        withOurs("back", authority -> assertThat(Inventory.of(authority)).isEqualTo(before[0]));
    }

    /// No page of a database has room for two such keys.
    @Test
    void usersWithLongNamesMove() throws Exception {
        StringBuilder names = new StringBuilder();
        withOurs("ours", authority -> {
            Etcdctl ours = Etcdctl.to(authority);
            for (int length : new int[] {2_025, 4_000, 20_000}) {
                for (char first = 'a'; first < 'f'; first++) {
                    ours.ok("user", "add", first + "x".repeat(length), "--no-password");
                }
            }
            names.append(ours.ok("user", "list"));
            save(authority, "snapshot");
        });
        etcdctl.ok("snapshot", "status", at("snapshot"));
        restoreForEtcd("snapshot", "real");
        withReal("real", authority -> assertThat(Etcdctl.to(authority).ok("user", "list"))
                .isEqualTo(names.toString()));
        Restore.restore(directory.resolve("snapshot"), List.of(), directory.resolve("back"));
        withOurs("back", authority -> assertThat(Etcdctl.to(authority).ok("user", "list"))
                .isEqualTo(names.toString()));
    }

    @Test
    void anEmptyStoreMoves() throws Exception {
        withOurs("ours", authority -> save(authority, "snapshot"));
        restoreForEtcd("snapshot", "real");
        withReal("real", authority -> {
            assertThat(Inventory.of(authority).revision()).isEqualTo(1);
            save(authority, "again");
        });
        Restore.restore(directory.resolve("again"), List.of(), directory.resolve("back"));
        withOurs("back", authority -> assertThat(Inventory.of(authority).revision())
                .isEqualTo(1));
    }

    @Test
    void passwordsAndTheSwitchMoveBothWays() throws Exception {
        withOurs("ours", authority -> {
            users(Etcdctl.to(authority));
            Etcdctl.to(authority).ok("put", "k", "for readers");
            Etcdctl.to(authority).ok("auth", "enable");
            Etcdctl.to(authority).as("root", "secret").ok("snapshot", "save", at("snapshot"));
        });
        restoreForEtcd("snapshot", "real");
        withReal("real", authority -> {
            isGuarded(authority);
            Etcdctl.to(authority).as("root", "secret").ok("snapshot", "save", at("again"));
        });
        Restore.restore(directory.resolve("again"), List.of(), directory.resolve("back"));
        withOurs("back", MovingTest::isGuarded);
    }

    private static void isGuarded(String authority) throws Exception {
        Etcdctl anybody = Etcdctl.to(authority);
        assertThat(anybody.run("get", "k").complained()).contains("user name is empty");
        assertThat(anybody.as("anna", "wrong").run("get", "k").complained()).contains("authentication failed");
        assertThat(anybody.as("anna", "sesame").ok("get", "k")).isEqualTo("k\nfor readers\n");
        assertThat(anybody.as("anna", "sesame").run("put", "k", "no").complained())
                .contains("permission denied");
    }

    @Test
    void whatIsDamagedOrCutIsRefusedByName() throws Exception {
        withReal("real", authority -> {
            live(authority, 14, OPERATIONS);
            save(authority, "snapshot");
        });
        Path database = directory.resolve("real/member/snap/db");
        byte[] whole = Files.readAllBytes(directory.resolve("snapshot"));
        byte[] bare = Files.readAllBytes(database);
        Random random = new Random(15);
        for (int i = 0; i < 30; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= 1;
            refuses(damaged, "SHA-256 does not match");
        }
        refuses(Arrays.copyOf(whole, whole.length - 100), "is not whole: its size");
        refuses(Arrays.copyOf(whole, whole.length - 4096), "SHA-256 does not match");
        refuses(Arrays.copyOf(bare, 8192), "it ends after 8192 bytes");
        refuses(new byte[4096 * 8], "neither of its first two pages");
        for (int page = 3; page < 12; page++) {
            byte[] damaged = bare.clone();
            Arrays.fill(damaged, page * 4096, page * 4096 + 64, (byte) 0xaa);
            Path file = Files.write(directory.resolve("damaged"), damaged);
            // A free page may say anything.
            try {
                Restore.check(file);
            } catch (IOException named) {
                assertThat(named).hasMessageContaining("page " + page);
            }
        }
    }

    private void refuses(byte[] bytes, String why) throws IOException {
        Path file = Files.write(directory.resolve("damaged"), bytes);
        assertThatThrownBy(() -> Restore.restore(file, List.of(), directory.resolve("never")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why);
        assertThat(directory.resolve("never")).doesNotExist();
    }

    @Test
    void oneOfTheFirstTwoPagesIsEnough() throws Exception {
        withOurs("ours", authority -> save(authority, "snapshot"));
        byte[] bytes = Files.readAllBytes(directory.resolve("snapshot"));
        Path file = Files.write(directory.resolve("db"), Arrays.copyOf(bytes, bytes.length - 32));
        for (long page : List.of(0L, 1L)) {
            try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
                access.write(bytes, 0, 2 * 4096);
                access.seek(page * 4096 + 40);
                access.write(0x55);
            }
            Restore.check(file);
        }
    }
}
