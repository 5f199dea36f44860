package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthUserAddRequest;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DefragmentRequest;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same requests to Debian's etcd and to the store: what both count under one name changes alike.
class MetricsTest {
    /// What the Grafana board and the alerts ask for that etcd publishes, and an etcd without peers shows.
    private static final List<String> ASKED_FOR = List.of(
            "etcd_disk_backend_commit_duration_seconds_bucket",
            "etcd_disk_wal_fsync_duration_seconds_bucket",
            "etcd_mvcc_db_total_size_in_bytes",
            "etcd_mvcc_db_total_size_in_use_in_bytes",
            "etcd_network_client_grpc_received_bytes_total",
            "etcd_network_client_grpc_sent_bytes_total",
            "etcd_server_has_leader",
            "etcd_server_leader_changes_seen_total",
            "etcd_server_proposals_applied_total",
            "etcd_server_proposals_committed_total",
            "etcd_server_proposals_failed_total",
            "etcd_server_proposals_pending",
            "etcd_server_quota_backend_bytes",
            "grpc_server_handled_total",
            "grpc_server_handling_seconds_bucket",
            "grpc_server_started_total",
            "process_resident_memory_bytes");

    /// What depends on how long something takes, on what a cluster of etcds says to itself or on how one stores.
    private static final Pattern NOT_ALIKE = Pattern.compile("(go_|process_|os_|promhttp_|orlop_|etcd_disk_wal_"
            + "|etcd_disk_backend_commit_|etcd_debugging_disk_|etcd_(debugging_)?mvcc_db_total_|etcd_server_proposals_"
            + "|etcd_server_(id|version)|etcd_cluster_version|etcd_debugging_store_|.*_bucket|.*_sum"
            + "|.*(_pause_|compaction_total_duration|slow_|watch).*|grpc_server_handled_total.*Canceled).*");

    private static final int SETTLES_AFTER = 250;

    @TempDir
    Path directory;

    private record Contender(String name, String endpoint, ManagedChannel channel, HttpClient http) {
        static Contender at(String name, String endpoint) {
            return new Contender(
                    name,
                    endpoint,
                    NettyChannelBuilder.forTarget(
                                    "dns:///" + URI.create(endpoint).getAuthority())
                            .usePlaintext()
                            .build(),
                    HttpClient.newHttpClient());
        }

        String page(String path) throws Exception {
            return http.send(
                            HttpRequest.newBuilder(URI.create(endpoint + path)).build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        }

        Map<String, Double> figures() throws Exception {
            Map<String, Double> figures = new TreeMap<>();
            for (String line : page("/metrics").lines().toList()) {
                if (line.startsWith("#")) continue;
                int space = line.lastIndexOf(' ');
                figures.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
            }
            return figures;
        }

        void end() {
            channel.shutdownNow();
            http.shutdownNow();
        }
    }

    private interface Step {
        void takenBy(Contender contender) throws Exception;
    }

    @Test
    void countsAsEtcdDoes() throws Exception {
        try (RealEtcd etcd = RealEtcd.startEmpty("--metrics=extensive");
                MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server = EtcdServer.start(
                        store,
                        EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                                .timesCalls(true))) {
            Contender theirs = Contender.at("etcd", etcd.endpoint());
            Contender ours = Contender.at("store", "http://127.0.0.1:" + server.port());
            List<String> differences = new ArrayList<>();
            for (Map.Entry<String, Step> step : steps().entrySet()) {
                Predicate<String> asked = MetricsTest::isComparable;
                // How one stores goes into a hash, and a number takes as many bytes as it is long; since 3.5 the answer
                // of "hash of keys" says which revision was hashed, too.
                if (step.getKey().startsWith("hash")) {
                    asked = asked.and(name -> !name.equals("etcd_network_client_grpc_sent_bytes_total"));
                }
                Map<String, Double> theirsBefore = theirs.figures();
                Map<String, Double> oursBefore = ours.figures();
                step.getValue().takenBy(theirs);
                step.getValue().takenBy(ours);
                Map<String, Double> expected = more(theirsBefore, theirs, asked);
                Map<String, Double> actual = more(oursBefore, ours, asked);
                // That a client went away is counted when the server has heard of it.
                for (int again = 0; again < SETTLES_AFTER && !expected.equals(actual); again++) {
                    TimeUnit.MILLISECONDS.sleep(20);
                    expected = more(theirsBefore, theirs, asked);
                    actual = more(oursBefore, ours, asked);
                }
                if (!expected.equals(actual)) {
                    differences.add(step.getKey() + ": etcd " + expected + ", store " + actual);
                }
            }
            assertThat(differences).isEmpty();
            theirs.end();
            ours.end();
        }
    }

    @Test
    void hasWhatEtcdsDashboardAndAlertsAskFor() throws Exception {
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server = EtcdServer.start(
                        store,
                        EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                                .timesCalls(true))) {
            Contender ours = Contender.at("store", "http://127.0.0.1:" + server.port());
            assertThat(ours.figures().keySet().stream().map(name -> name.replaceFirst("\\{.*", "")))
                    .containsAll(ASKED_FOR);
            ours.end();
        }
    }

    /// Whoever may call may say what he likes, and it would be kept for ever.
    @Test
    void countsOnlySoManyVersionsOfTheApi() throws Exception {
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            Contender ours = Contender.at("store", "http://127.0.0.1:" + server.port());
            for (int i = 0; i < 300; i++) {
                kv(ours).withInterceptors(saying("v" + i)).range(range("a").build());
            }
            kv(ours).range(range("a").build());
            Map<String, Double> counted = new TreeMap<>(ours.figures());
            counted.keySet().removeIf(name -> !name.startsWith("etcd_server_client_requests_total"));
            assertThat(counted).hasSize(102);
            assertThat(counted.values().stream().mapToDouble(one -> one).sum()).isEqualTo(301);
            ours.end();
        }
    }

    @Test
    void saysWhatTheLogWrites() throws Exception {
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            Contender ours = Contender.at("store", "http://127.0.0.1:" + server.port());
            Map<String, Double> more = change(
                    ours,
                    etcd -> kv(etcd).put(put("a", "x".repeat(10_000)).build()),
                    "etcd_disk_wal_write_bytes_total"::equals);
            assertThat(more.values()).singleElement().satisfies(bytes -> assertThat(bytes)
                    .isBetween(10_000.0, 10_200.0));
            ours.end();
        }
    }

    @Test
    void countsTheKeysThatAStartFinds() throws Exception {
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults())) {
            for (String key : List.of("a", "b", "c")) store.put(put(key));
            store.delete(io.orlop.store.api.Operation.Delete.of(
                    io.orlop.store.api.KeyRange.single(io.orlop.store.api.Octets.of("b"))));
            assertThat(store.keys()).isEqualTo(2);
        }
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults())) {
            store.put(put("d"));
            assertThat(store.keys()).isEqualTo(3);
            store.put(put("e"));
            assertThat(store.keys()).isEqualTo(4);
        }
    }

    private static io.orlop.store.api.Operation.Put put(String key) {
        return io.orlop.store.api.Operation.Put.of(
                io.orlop.store.api.Octets.of(key), io.orlop.store.api.Octets.of("1"));
    }

    private static Map<String, Double> change(Contender contender, Step step, Predicate<String> asked)
            throws Exception {
        Map<String, Double> before = contender.figures();
        step.takenBy(contender);
        return more(before, contender, asked);
    }

    private static Map<String, Double> more(Map<String, Double> before, Contender contender, Predicate<String> asked)
            throws Exception {
        Map<String, Double> change = new TreeMap<>();
        for (Map.Entry<String, Double> figure : contender.figures().entrySet()) {
            String name = figure.getKey();
            double more = figure.getValue() - before.getOrDefault(name, 0.0);
            if (more != 0 && asked.test(name)) change.put(name, more);
        }
        return change;
    }

    private static boolean isComparable(String name) {
        return !NOT_ALIKE.matcher(name).matches() && !name.startsWith("etcd_mvcc_db_open_read_transactions");
    }

    private static Map<String, Step> steps() {
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("put", etcd -> kv(etcd).put(put("a", "12345").build()));
        steps.put("put again", etcd -> kv(etcd).put(put("a", "12345").build()));
        steps.put("put, previous", etcd -> kv(etcd).put(
                        put("a", "1").setPrevKv(true).build()));
        steps.put("put, keep", etcd -> kv(etcd).put(PutRequest.newBuilder()
                .setKey(bytes("a"))
                .setIgnoreValue(true)
                .build()));
        steps.put(
                "refused put",
                etcd -> refused(() -> kv(etcd).put(put("b", "1").setLease(77).build())));
        steps.put("get", etcd -> kv(etcd).range(range("a").build()));
        steps.put("get all", etcd -> kv(etcd).range(
                        range("a").setRangeEnd(bytes("\0")).build()));
        steps.put("get nothing", etcd -> kv(etcd).range(range("zzz").build()));
        for (String key : List.of("c/1", "c/2", "c/3")) {
            steps.put("put " + key, etcd -> kv(etcd).put(put(key, "1").build()));
        }
        steps.put("delete one", etcd -> kv(etcd).deleteRange(delete("c/1").build()));
        steps.put("delete none", etcd -> kv(etcd).deleteRange(delete("c/1").build()));
        steps.put("delete two, previous", etcd -> kv(etcd).deleteRange(
                        delete("c/").setRangeEnd(bytes("c0")).setPrevKv(true).build()));
        steps.put("txn, two comparisons, put and get", etcd -> kv(etcd).txn(TxnRequest.newBuilder()
                .addCompare(exists("a"))
                .addCompare(exists("a"))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("x", "1")))
                .addSuccess(RequestOp.newBuilder().setRequestRange(range("a")))
                .build()));
        steps.put("txn that fails", etcd -> kv(etcd).txn(TxnRequest.newBuilder()
                .addCompare(exists("nothing"))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("y", "1")))
                .addFailure(RequestOp.newBuilder().setRequestDeleteRange(delete("x")))
                .build()));
        steps.put("txn that reads", etcd -> kv(etcd).txn(TxnRequest.newBuilder()
                .addCompare(exists("a"))
                .addSuccess(RequestOp.newBuilder().setRequestRange(range("a")))
                .build()));
        steps.put("empty txn", etcd -> kv(etcd).txn(TxnRequest.getDefaultInstance()));
        steps.put("txn in a txn", etcd -> kv(etcd).txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("n", "1")))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestTxn(TxnRequest.newBuilder()
                                .addCompare(exists("a"))
                                .addSuccess(RequestOp.newBuilder().setRequestPut(put("m", "1")))
                                .addFailure(RequestOp.newBuilder().setRequestPut(put("m", "2")))))
                .build()));
        for (String version : List.of("3.4", "a \"strange\\one\"")) {
            steps.put("put in version " + version, etcd -> kv(etcd).withInterceptors(saying(version))
                    .put(put("a", "1").build()));
            steps.put("watch in version " + version, etcd -> watch(etcd, saying(version)));
        }
        leaseSteps(steps);
        maintenanceSteps(steps);
        steps.put("watch", MetricsTest::watch);
        return steps;
    }

    private static void leaseSteps(Map<String, Step> steps) {
        steps.put("grant", etcd -> leases(etcd)
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(100).build()));
        for (String key : List.of("l1", "l2")) {
            steps.put(
                    "put " + key, etcd -> kv(etcd).put(put(key, "1").setLease(7).build()));
        }
        steps.put("time to live", etcd -> leases(etcd)
                .leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                        .setID(7)
                        .setKeys(true)
                        .build()));
        steps.put("renew", etcd -> renew(etcd, 7));
        steps.put("renew nothing", etcd -> renew(etcd, 8));
        steps.put("revoke", etcd -> leases(etcd)
                .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build()));
        steps.put(
                "revoke nothing",
                etcd -> refused(() -> leases(etcd)
                        .leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build())));
    }

    private static void maintenanceSteps(Map<String, Step> steps) {
        steps.put("compact", etcd -> kv(etcd).compact(CompactionRequest.newBuilder()
                .setRevision(8)
                .setPhysical(true)
                .build()));
        steps.put(
                "compact again",
                etcd -> refused(() -> kv(etcd).compact(
                                CompactionRequest.newBuilder().setRevision(8).build())));
        steps.put("defragment", etcd -> maintenance(etcd).defragment(DefragmentRequest.getDefaultInstance()));
        steps.put("hash of keys", etcd -> maintenance(etcd).hashKV(HashKVRequest.getDefaultInstance()));
        steps.put("hash", etcd -> maintenance(etcd).hash(HashRequest.getDefaultInstance()));
        steps.put("health", etcd -> etcd.page("/health"));
        steps.put("user", etcd -> AuthGrpc.newBlockingStub(etcd.channel())
                .userAdd(AuthUserAddRequest.newBuilder()
                        .setName("u")
                        .setPassword("p")
                        .build()));
    }

    private static void renew(Contender etcd, long id) throws InterruptedException {
        Hears<LeaseKeepAliveResponse> hears = new Hears<>();
        var requests = LeaseGrpc.newStub(etcd.channel()).leaseKeepAlive(hears);
        requests.onNext(LeaseKeepAliveRequest.newBuilder().setID(id).build());
        hears.next();
        requests.onCompleted();
        hears.end();
    }

    private static ClientInterceptor saying(String version) {
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("client-api-version", Metadata.ASCII_STRING_MARSHALLER), version);
        return MetadataUtils.newAttachHeadersInterceptor(headers);
    }

    private static void watch(Contender etcd, ClientInterceptor... interceptors) throws InterruptedException {
        Hears<WatchResponse> hears = new Hears<>();
        var requests =
                WatchGrpc.newStub(etcd.channel()).withInterceptors(interceptors).watch(hears);
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(bytes("w")))
                .build());
        hears.next();
        kv(etcd).put(put("w", "1").build());
        hears.next();
        kv(etcd).put(put("w", "2").build());
        hears.next();
        ((ClientCallStreamObserver<WatchRequest>) requests).cancel("that is enough", null);
        hears.end();
    }

    private static final class Hears<T> implements StreamObserver<T> {
        private final BlockingQueue<Object> heard = new LinkedBlockingQueue<>();

        void next() throws InterruptedException {
            assertThat(heard.take()).isNotIn("end");
        }

        void end() throws InterruptedException {
            assertThat(heard.take()).isEqualTo("end");
        }

        @Override
        public void onNext(T answer) {
            heard.add(answer);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add("end");
        }

        @Override
        public void onCompleted() {
            heard.add("end");
        }
    }

    private static void refused(Runnable request) {
        try {
            request.run();
        } catch (StatusRuntimeException asItShould) {
            return;
        }
        throw new AssertionError("it was not refused");
    }

    private static KVGrpc.KVBlockingStub kv(Contender etcd) {
        return KVGrpc.newBlockingStub(etcd.channel());
    }

    private static LeaseGrpc.LeaseBlockingStub leases(Contender etcd) {
        return LeaseGrpc.newBlockingStub(etcd.channel());
    }

    private static MaintenanceGrpc.MaintenanceBlockingStub maintenance(Contender etcd) {
        return MaintenanceGrpc.newBlockingStub(etcd.channel());
    }

    private static ByteString bytes(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static PutRequest.Builder put(String key, String value) {
        return PutRequest.newBuilder().setKey(bytes(key)).setValue(bytes(value));
    }

    private static RangeRequest.Builder range(String key) {
        return RangeRequest.newBuilder().setKey(bytes(key));
    }

    private static DeleteRangeRequest.Builder delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(bytes(key));
    }

    private static Compare exists(String key) {
        return Compare.newBuilder()
                .setKey(bytes(key))
                .setTarget(Compare.CompareTarget.CREATE)
                .setResult(Compare.CompareResult.GREATER)
                .setCreateRevision(0)
                .build();
    }
}
