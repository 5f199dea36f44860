package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.StoreProcess;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.OfflineVerification;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.log.StoreFiles;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashKVResponse;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.walpb.ConfChange;
import io.orlop.store.proto.walpb.Entry;
import io.orlop.store.proto.walpb.Metadata;
import io.orlop.store.takeover.Takeover;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A start on what a real etcd left: stopped cleanly, killed, or restored from a snapshot. What counts is what that
/// etcd said while it ran, or says when it starts there again. After a kill a 3.4 is no oracle for the latter: what it
/// does of its write-ahead log then is not always what it did before, and it may serve a change that it had refused.
class TakeoverTest {
    private static final Path NOT_APART = Path.of("");

    /// An etcd that writes its database so late that all is in the write-ahead log alone.
    private static final String[] LATE = {"--backend-batch-interval=1h", "--backend-batch-limit=1000000"};

    @TempDir
    Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    private interface With {
        void authority(String authority) throws Exception;
    }

    private static Optional<Takeover.Taken> take(Path data) throws IOException {
        return Takeover.of(data, NOT_APART, StoreOptions.defaults());
    }

    private static void serve(Path data, With with) throws Exception {
        try (MvccStore store = MvccStore.open(data, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            with.authority("127.0.0.1:" + server.port());
        }
    }

    private static void withReal(Path data, With with) throws Exception {
        try (RealEtcd etcd = RealEtcd.startOn(data)) {
            with.authority(etcd.authority());
        }
    }

    private static void untilKilled(Path data, With with, String... flags) throws Exception {
        try (RealEtcd etcd = RealEtcd.startOnUntilKilled(data, flags)) {
            with.authority(etcd.authority());
        }
    }

    private static ManagedChannel channel(String authority) {
        return NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .build();
    }

    private static void live(String authority, long seed, int operations) {
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

    private static void users(Etcdctl someone) throws Exception {
        someone.ok("role", "add", "readers");
        someone.ok("role", "grant-permission", "readers", "read", "k", "l");
        someone.ok("role", "grant-permission", "readers", "--prefix=true", "readwrite", "mine/");
        someone.ok("user", "add", "anna:sesame");
        someone.ok("user", "add", "bert", "--no-password");
        someone.ok("user", "grant-role", "anna", "readers");
        someone.ok("user", "add", "root:secret");
        someone.ok("user", "grant-role", "root", "root");
    }

    private static void put(ManagedChannel channel, String key, String value) {
        var _ = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8(key))
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    /// Takes it over, and holds that against what etcd makes of the same files when it starts on them.
    private Takeover.Taken takenAsEtcdWould(Path data, Function<String, Object> what) throws Exception {
        Object[] expected = new Object[1];
        withReal(copy(data, "for etcd"), authority -> expected[0] = what.apply(authority));
        return taken(data, expected[0], what);
    }

    private Takeover.Taken takenAsEtcdWould(Path data) throws Exception {
        return takenAsEtcdWould(data, Inventory::of);
    }

    /// @param expected what was found out while etcd ran
    private static Takeover.Taken taken(Path data, Object expected, Function<String, Object> what) throws Exception {
        TreeMap<Path, ByteString> before = files(data.resolve("member"));
        Takeover.Taken taken = take(data).orElseThrow();
        assertThat(files(data.resolve("member"))).as("etcd's files").isEqualTo(before);
        serve(data, authority -> assertThat(what.apply(authority)).isEqualTo(expected));
        assertThat(OfflineVerification.of(data).findings()).isEmpty();
        return taken;
    }

    /// The revision, what it is compacted to, and the hash of all that is stored.
    private static Object hash(String authority) {
        ManagedChannel channel = channel(authority);
        try {
            HashKVResponse hash = MaintenanceGrpc.newBlockingStub(channel).hashKV(HashKVRequest.getDefaultInstance());
            return List.of(hash.getHeader().getRevision(), hash.getCompactRevision(), hash.getHash());
        } finally {
            channel.shutdownNow();
        }
    }

    private static TreeMap<Path, ByteString> files(Path below) throws IOException {
        TreeMap<Path, ByteString> files = new TreeMap<>();
        try (var all = Files.walk(below)) {
            for (Path file : all.filter(Files::isRegularFile).toList()) {
                files.put(below.relativize(file), ByteString.copyFrom(Files.readAllBytes(file)));
            }
        }
        return files;
    }

    private Path copy(Path data, String name) throws IOException {
        Path copy = directory.resolve(name);
        try (var all = Files.walk(data)) {
            for (Path file : all.toList())
                Files.copy(file, copy.resolve(data.relativize(file).toString()));
        }
        return copy;
    }

    @Test
    void goesOnWhereAnEtcdWasStopped() throws Exception {
        withReal(data(), authority -> {
            users(Etcdctl.to(authority));
            live(authority, 21, 800);
        });
        takenAsEtcdWould(data());
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
        Takeover.Taken taken = takenAsEtcdWould(data(), TakeoverTest::hash);
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
        taken(data(), before[0], TakeoverTest::hash);
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

    private static Path wal(Path data) throws IOException {
        try (var files = Files.list(data.resolve("member/wal"))) {
            return files.filter(file -> file.toString().endsWith(".wal"))
                    .sorted()
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// Where the log's last frame begins and ends.
    private static long[] lastFrame(Path wal) throws IOException {
        return frame(wal, Long.MAX_VALUE);
    }

    /// Where the frame at this offset begins and ends, or the last one before.
    private static long[] frame(Path wal, long offset) throws IOException {
        long at = 0;
        long last = 0;
        try (RandomAccessFile file = new RandomAccessFile(wal.toFile(), "r")) {
            while (true) {
                file.seek(at);
                long head = Long.reverseBytes(file.readLong());
                if (head == 0 || at > offset) return new long[] {last, at};
                last = at;
                at += 8 + (head & (1L << 56) - 1) + (head < 0 ? head >>> 56 & 7 : 0);
            }
        }
    }

    @Test
    void aTornLastEntryWasNeverAcknowledgedAndDamageIsRefused() throws Exception {
        Object[] before = new Object[1];
        untilKilled(
                data(),
                authority -> {
                    live(authority, 26, 100);
                    before[0] = Inventory.of(authority);
                    Etcdctl.to(authority).ok("put", "last", "x".repeat(5_000));
                },
                LATE);
        long[] last = lastFrame(wal(data()));
        // The end of consensus behind it is a frame of its own.
        Path torn = copy(data(), "torn");
        long entry = last[0] - 5_000;
        try (RandomAccessFile file = new RandomAccessFile(wal(torn).toFile(), "rw")) {
            long page = (entry / 4096 + 1) * 4096;
            file.seek(page);
            file.write(new byte[(int) (last[1] - page)]);
        }
        taken(torn, before[0], Inventory::of);

        // The kind of one record, and data of others; what fills a frame up is nothing.
        long kind = frame(wal(data()), entry / 2)[0] + 9;
        for (long offset : new long[] {100, kind, entry + 2_000, last[1] - 12}) {
            Path damaged = copy(data(), "damaged at " + offset);
            try (RandomAccessFile file = new RandomAccessFile(wal(damaged).toFile(), "rw")) {
                file.seek(offset);
                int was = file.read();
                file.seek(offset);
                file.write(was ^ 0x10);
            }
            refuses(damaged, "is damaged at offset");
        }
    }

    private static void refuses(Path data, String why) {
        assertThatThrownBy(() -> take(data))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("etcdctl snapshot save");
        assertThatThrownBy(() -> MvccStore.open(data, StoreOptions.defaults()).close())
                .as("and a store begun there all the same")
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not empty, there is member");
    }

    @Test
    void whatCannotBeKnownIsRefused() throws Exception {
        untilKilled(data(), authority -> live(authority, 27, 100), LATE);
        Path withoutLog = copy(data(), "without log");
        Files.delete(wal(withoutLog));
        refuses(withoutLog, "there is no write-ahead log");
        Path withoutDatabase = copy(data(), "without database");
        Files.delete(withoutDatabase.resolve("member/snap/db"));
        refuses(withoutDatabase, "is not");
        withReal(copy(data(), "running"), _ -> refuses(directory.resolve("running"), "an etcd is running"));
    }

    @Test
    void oneOfSeveralMembersIsRefused() throws Exception {
        withReal(data(), authority -> {
            Etcdctl.to(authority).ok("put", "k", "v");
            Etcdctl.to(authority).ok("member", "add", "second", "--peer-urls=http://127.0.0.1:1");
        });
        refuses(data(), "it was one of 2 members");
    }

    @Test
    void whatEtcdDidAgainstItsRuleIsRefusedAndNotPassedOver() throws Exception {
        RequestOp put = RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("b")))
                .build();
        RequestOp delete = RequestOp.newBuilder()
                .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("a"))
                        .setRangeEnd(ByteString.copyFrom(new byte[1])))
                .build();
        untilKilled(
                data(),
                authority -> {
                    ManagedChannel channel = channel(authority);
                    KVGrpc.newBlockingStub(channel)
                            .txn(TxnRequest.newBuilder()
                                    .addSuccess(put)
                                    .addSuccess(delete)
                                    .build());
                    channel.shutdownNow();
                },
                LATE);
        refuses(data(), "asks for what this store refuses");
        // What is in the database needs no second look.
        withReal(data(), authority -> Etcdctl.to(authority).ok("get", "b"));
        takenAsEtcdWould(data());
    }

    @Test
    void takesNothingWhereNotAllFitsIntoMemory() throws Exception {
        Object[] before = new Object[1];
        untilKilled(
                data(),
                authority -> {
                    ManagedChannel channel = channel(authority);
                    for (int i = 0; i < 3_000; i++) put(channel, "k" + i, "v");
                    RequestOp all = RequestOp.newBuilder()
                            .setRequestDeleteRange(DeleteRangeRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("k"))
                                    .setRangeEnd(ByteString.copyFromUtf8("k9"))
                                    .setPrevKv(true))
                            .build();
                    var _ = KVGrpc.newBlockingStub(channel)
                            .txn(TxnRequest.newBuilder().addSuccess(all).build());
                    channel.shutdownNow();
                    before[0] = hash(authority);
                },
                LATE);
        TreeMap<Path, ByteString> etcds = files(data());
        refusesForWantOfMemory(StoreOptions.defaults().memoryBytes(256 << 10), "has no room in memory");
        refusesForWantOfMemory(StoreOptions.defaults().underWayBytes(64 << 10), "is too much at once for the memory");
        TreeMap<Path, ByteString> after = files(data());
        after.remove(Path.of("lock"));
        assertThat(after).isEqualTo(etcds);
        withReal(copy(data(), "for etcd"), authority -> assertThat(hash(authority))
                .isEqualTo(before[0]));
        taken(data(), before[0], TakeoverTest::hash);
    }

    private void refusesForWantOfMemory(StoreOptions options, String why) {
        assertThatThrownBy(() -> Takeover.of(data(), NOT_APART, options))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("-Xmx");
    }

    @Test
    void whatOnlyHasTheNameOfOursIsLeftAlone() throws Exception {
        MvccStore.open(data(), StoreOptions.defaults()).close();
        String segment = segments(data()).getFirst();
        Path named = data().resolve("takeover");

        Files.createDirectory(named);
        Files.writeString(named.resolve("notes"), "somebody's");
        Files.writeString(named.resolve("lock"), "somebody's");
        leavesAlone("it has notes in it");

        Files.delete(named.resolve("notes"));
        Files.copy(data().resolve(segment), named.resolve("00000000000000ff-00000000.log"));
        leavesAlone("nothing says of which etcd");
        Files.writeString(named.resolve("taken-over"), "transaction 7\n");
        leavesAlone("there is a store already");
        Files.writeString(named.resolve(segment), "another");
        leavesAlone("there is another " + segment);

        Path elsewhere = directory.resolve("elsewhere");
        Files.move(named, elsewhere);
        Files.delete(elsewhere.resolve(segment));
        Files.createSymbolicLink(named, elsewhere);
        leavesAlone("it is no directory");
        assertThat(elsewhere.resolve("taken-over")).exists();
    }

    private void leavesAlone(String why) throws IOException {
        TreeMap<Path, ByteString> before = files(data());
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("move it to another place");
        assertThat(files(data())).isEqualTo(before);
    }

    private static List<String> segments(Path data) throws IOException {
        try (var files = Files.list(data)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(StoreFiles::isSegment)
                    .sorted()
                    .toList();
        }
    }

    @Test
    void refusesALogThatEndsBeforeTheDatabase() throws Exception {
        withReal(data(), authority -> live(authority, 33, 50));
        Path then = copy(data(), "then");
        withReal(data(), authority -> live(authority, 34, 50));
        Files.copy(wal(then), wal(data()), StandardCopyOption.REPLACE_EXISTING);
        refuses(data(), "and the database has entry");
    }

    @Test
    void refusesALogThatKnowsOfMoreThanItHas() throws Exception {
        untilKilled(data(), authority -> live(authority, 35, 50), LATE);
        WalFile wal = WalFile.read(wal(data()));
        List<Integer> entries = wal.placesOf(2);
        // How far consensus is comes with the entry after.
        wal.records().remove((int) entries.getLast());
        wal.records().remove((int) entries.get(entries.size() - 2));
        wal.write(wal(data()));
        refuses(data(), "and the log itself knows of entry");
    }

    /// Who was removed has in its database those who are left.
    @Test
    void whoIsAMemberNoMoreIsRefused() throws Exception {
        untilKilled(data(), authority -> live(authority, 36, 50), LATE);
        Path other = copy(data(), "of another");
        WalFile wal = WalFile.read(wal(other));
        Metadata is =
                Metadata.parseFrom(wal.records().get(wal.placesOf(1).getFirst()).getData());
        wal.change(1, is.toBuilder().setNodeId(is.getNodeId() + 1).build().toByteString());
        wal.write(wal(other));
        refuses(
                other,
                "which is a member no more; what counts is in the directory of the one that is left, "
                        + Long.toHexString(is.getNodeId()));

        Path removed = copy(data(), "removed");
        wal = WalFile.read(wal(removed));
        Entry last =
                Entry.parseFrom(wal.records().get(wal.placesOf(2).getLast()).getData());
        ConfChange leaves = ConfChange.newBuilder()
                .setType(ConfChange.Type.REMOVE_NODE)
                .setNodeId(is.getNodeId())
                .build();
        wal.add(
                2,
                last.toBuilder()
                        .setIndex(last.getIndex() + 1)
                        .setType(Entry.Type.CONF_CHANGE)
                        .setData(leaves.toByteString())
                        .build()
                        .toByteString());
        wal.write(wal(removed));
        refuses(removed, "which is a member no more; none is left");
    }

    @Test
    void saysWhereAStartOfEtcdRepairsWhatAPowerCutLeft() throws Exception {
        untilKilled(
                data(),
                authority -> {
                    live(authority, 37, 50);
                    Etcdctl.to(authority).ok("put", "last", "x".repeat(5_000));
                },
                LATE);
        long[] last = lastFrame(wal(data()));
        long inside = last[0] - 3_000;
        repaired("ends within a frame", wal -> wal.setLength(inside));
        repaired("goes on after zeros", wal -> {
            wal.seek(last[1] + 1_024);
            wal.write("later".getBytes(StandardCharsets.US_ASCII));
        });
        repaired("has a sector too few before others", wal -> {
            wal.seek((inside / 512 + 1) * 512);
            wal.write(new byte[512]);
            wal.seek(last[1] + 1_024);
            wal.write("later".getBytes(StandardCharsets.US_ASCII));
        });
    }

    private interface Cut {
        void cut(RandomAccessFile wal) throws IOException;
    }

    private void repaired(String how, Cut cut) throws Exception {
        Path data = copy(data(), how);
        try (RandomAccessFile wal = new RandomAccessFile(wal(data).toFile(), "rw")) {
            cut.cut(wal);
        }
        refuses(data, "one start of etcd on the directory repairs it");
        Object[] repaired = new Object[1];
        withReal(data, authority -> repaired[0] = hash(authority));
        taken(data, repaired[0], TakeoverTest::hash);
    }

    @Test
    void aCrashAtAnyPointLeavesNothingOrAll() throws Exception {
        withReal(data(), authority -> live(authority, 28, 200));
        Path unfinished = Files.createDirectory(data().resolve("takeover.unfinished"));
        Files.writeString(unfinished.resolve("0000000000000001-00000000.log"), "half of it");
        assertThat(take(data())).isPresent();
        assertThat(unfinished).doesNotExist();
        Inventory[] whole = new Inventory[1];
        serve(data(), authority -> whole[0] = Inventory.of(authority));

        // Made, and on its way up.
        List<Path> files;
        try (var all = Files.list(data())) {
            files = all.filter(file -> file.toString().endsWith(".log") || file.endsWith("taken-over"))
                    .toList();
        }
        assertThat(files).hasSizeGreaterThan(1);
        Path made = Files.createDirectory(data().resolve("takeover"));
        for (Path file : files) Files.move(file, made.resolve(file.getFileName()));
        assertThatThrownBy(() -> MvccStore.open(data(), StoreOptions.defaults()).close())
                .isInstanceOf(IOException.class);
        assertThat(take(data())).isEmpty();
        assertThat(made).doesNotExist();
        serve(data(), authority -> assertThat(Inventory.of(authority)).isEqualTo(whole[0]));
    }

    @Test
    void neitherIsServedWhenBothWentOn() throws Exception {
        withReal(data(), authority -> live(authority, 29, 50));
        assertThat(take(data())).isPresent();
        serve(data(), authority -> live(authority, 30, 50));
        assertThat(take(data())).isEmpty();
        withReal(data(), authority -> live(authority, 31, 50));
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("an etcd has run on that since")
                .hasMessageContaining("whichever is not wanted");
        Files.move(data().resolve("member"), directory.resolve("old"));
        assertThat(take(data())).isEmpty();
    }

    @Test
    void aStoreThatWasOnceBegunBesideAnEtcdIsNotServedForIt() throws Exception {
        MvccStore.open(data(), StoreOptions.defaults()).close();
        withReal(data(), authority -> live(authority, 32, 50));
        assertThatThrownBy(() -> take(data()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("both a store and a real etcd's data");
    }
}
