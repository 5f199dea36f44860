package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.StoreFiles;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashKVResponse;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.takeover.Takeover;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.io.TempDir;

/// What a real etcd left, and a start on it. What counts is what that etcd said while it ran, or says when it starts
/// there again. After a kill a 3.4 is no oracle for the latter: what it does of its write-ahead log then is not always
/// what it did before, and it may serve a change that it had refused.
abstract class TakeoverScene {
    static final Path NOT_APART = Path.of("");

    /// An etcd that writes its database so late that all is in the write-ahead log alone.
    static final String[] LATE = {"--backend-batch-interval=1h", "--backend-batch-limit=1000000"};

    @TempDir
    Path directory;

    Path data() {
        return directory.resolve("data");
    }

    interface With {
        void authority(String authority) throws Exception;
    }

    static Optional<Takeover.Taken> take(Path data) throws IOException {
        return Takeover.of(data, NOT_APART, StoreOptions.defaults());
    }

    static void serve(Path data, With with) throws Exception {
        try (MvccStore store = MvccStore.open(data, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            with.authority("127.0.0.1:" + server.port());
        }
    }

    static void withReal(Path data, With with) throws Exception {
        try (RealEtcd etcd = RealEtcd.startOn(data)) {
            with.authority(etcd.authority());
        }
    }

    static void untilKilled(Path data, With with, String... flags) throws Exception {
        try (RealEtcd etcd = RealEtcd.startOnUntilKilled(data, flags)) {
            with.authority(etcd.authority());
        }
    }

    static ManagedChannel channel(String authority) {
        return NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .build();
    }

    static void live(String authority, long seed, int operations) {
        ManagedChannel channel = channel(authority);
        try {
            RandomRequests requests = new RandomRequests(seed);
            for (int i = 0; i < operations; i++) {
                Call request = requests.any();
                try {
                    assertThat(request.apply(channel)).isNotNull();
                } catch (StatusRuntimeException refused) {
                    // Some requests are wrong.
                }
            }
        } finally {
            channel.shutdownNow();
        }
    }

    static void users(Etcdctl someone) throws Exception {
        someone.ok("role", "add", "readers");
        someone.ok("role", "grant-permission", "readers", "read", "k", "l");
        someone.ok("role", "grant-permission", "readers", "--prefix=true", "readwrite", "mine/");
        someone.ok("user", "add", "anna:sesame");
        someone.ok("user", "add", "bert", "--no-password");
        someone.ok("user", "grant-role", "anna", "readers");
        someone.ok("user", "add", "root:secret");
        someone.ok("user", "grant-role", "root", "root");
    }

    static void put(ManagedChannel channel, String key, String value) {
        var _ = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    /// Takes it over, and holds that against what etcd makes of the same files when it starts on them.
    Takeover.Taken takenAsEtcdWould(Path data, String copy, Function<String, Object> what) throws Exception {
        Object[] expected = new Object[1];
        withReal(copy(data, copy), authority -> expected[0] = what.apply(authority));
        return taken(data, expected[0], what);
    }

    Takeover.Taken takenAsEtcdWould(Path data) throws Exception {
        return takenAsEtcdWould(data, "for etcd", Inventory::of);
    }

    /// @param expected what was found out while etcd ran
    static Takeover.Taken taken(Path data, Object expected, Function<String, Object> what) throws Exception {
        TreeMap<Path, ByteString> before = files(data.resolve("member"));
        Takeover.Taken taken = take(data).orElseThrow();
        assertThat(files(data.resolve("member"))).as("etcd's files").isEqualTo(before);
        serve(data, authority -> assertThat(what.apply(authority)).isEqualTo(expected));
        assertThat(OfflineVerification.of(data).findings()).isEmpty();
        return taken;
    }

    /// The revision, what it is compacted to, and the hash of all that is stored.
    static Object hash(String authority) {
        ManagedChannel channel = channel(authority);
        try {
            HashKVResponse hash = MaintenanceGrpc.newBlockingStub(channel).hashKV(HashKVRequest.getDefaultInstance());
            return List.of(hash.getHeader().getRevision(), hash.getCompactRevision(), hash.getHash());
        } finally {
            channel.shutdownNow();
        }
    }

    static TreeMap<Path, ByteString> files(Path below) throws IOException {
        TreeMap<Path, ByteString> files = new TreeMap<>();
        try (var all = Files.walk(below)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(below.relativize(file), ByteString.copyFrom(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    Path copy(Path data, String name) throws IOException {
        Path copy = directory.resolve(name);
        try (var all = Files.walk(data)) {
            for (Path file : all.toList())
                Files.copy(file, copy.resolve(data.relativize(file).toString()));
        }
        return copy;
    }

    static Path wal(Path data) throws IOException {
        try (var files = Files.list(data.resolve("member/wal"))) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// With the reason, and without a trace.
    static void refuses(Path data, String why) {
        refuses(data, NOT_APART, why);
    }

    static void refuses(Path data, Path wal, String why) {
        List<String> before = names(data);
        assertThatThrownBy(() -> Takeover.of(data, wal, StoreOptions.defaults()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("etcdctl snapshot save");
        assertThat(names(data)).as("nothing is left behind").isEqualTo(before);
        assertThatThrownBy(() -> MvccStore.open(data, StoreOptions.defaults()).close())
                .as("and a store begun there all the same")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not empty, there is ");
        assertThat(names(data)).as("nor by that").isEqualTo(before);
    }

    static List<String> names(Path directory) {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> segments(Path data) {
        return names(data).stream().filter(StoreFiles::isSegment).toList();
    }
}
