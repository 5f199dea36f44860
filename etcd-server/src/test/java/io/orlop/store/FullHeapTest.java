package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesRequest;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.LeaseStatus;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store with a small heap, which several clients fill at once with whatever takes memory. It stays up, answers
/// others meanwhile, and goes on when keys are deleted and history is compacted; also after a start with the
/// directory full.
class FullHeapTest {
    private static final String NO_SPACE = "etcdserver: mvcc: database space exceeded";
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    private static final int IN_FLIGHT = 100;
    private static final int REFUSALS = 300;
    private static final int UNREAD = 400;
    private static final int STREAMS = 1_500;

    @TempDir
    Path directory;

    @Test
    void staysUpAnswersOthersAndGoesOnByDeletionsAndCompactionsAlone() throws Exception {
        try (Store store = new Store("-Xmx64m", directory)) {
            fillWithEverything(store);
            recover(store);
            fill(store, new Unique(0));
            store.kill();
        }
        try (Store again = new Store("-Xmx64m", directory)) {
            fill(again, new Unique(1));
            recover(again);
        }
    }

    @Test
    void aStartWithALessRoomyHeapTakesNoPutsAtFirst() throws Exception {
        try (Store store = new Store("-Xmx96m", directory)) {
            fill(store, new Unique(0));
            store.kill();
        }
        try (Store less = new Store("-Xmx64m", directory)) {
            assertThat(less.said()).contains("puts are refused until deletions and compactions made room");
            recover(less);
        }
    }

    private void fillWithEverything(Store store) throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        try (ExecutorService threads = Executors.newCachedThreadPool();
                Client other = store.client()) {
            Future<Integer> answered = threads.submit(() -> other.talk(over));
            List<Future<?>> fillers = new ArrayList<>();
            fillers.add(threads.submit(() -> fill(store, new Unique(1))));
            fillers.add(threads.submit(() -> fill(store, new Unique(2))));
            fillers.add(threads.submit(() -> fill(store, new Again())));
            fillers.add(threads.submit(() -> fill(store, new Pages())));
            fillers.add(threads.submit(() -> grant(store)));
            try (Client reader = store.client();
                    Client txns = store.client();
                    Client watcher = store.client();
                    Client keeper = store.client()) {
                for (int i = 0; i < UNREAD; i++) reader.neverRead(KVGrpc.getRangeMethod(), everything());
                for (int i = 0; i < UNREAD; i++) txns.neverRead(KVGrpc.getTxnMethod(), readEverything());
                for (int i = 0; i < STREAMS; i++) {
                    watcher.neverRead(WatchGrpc.getWatchMethod(), watchEverything());
                    keeper.neverRead(LeaseGrpc.getLeaseKeepAliveMethod(), LeaseKeepAliveRequest.getDefaultInstance());
                }
                for (Future<?> filler : fillers) filler.get();
                // Once more, now that there is much to read.
                for (int i = 0; i < UNREAD; i++) reader.neverRead(KVGrpc.getRangeMethod(), everything());
                for (int i = 0; i < UNREAD; i++) txns.neverRead(KVGrpc.getTxnMethod(), readEverything());
                fill(store, new Unique(3));
            }
            over.set(true);
            assertThat(answered.get()).isPositive();
        }
        assertThat(store.isUp()).isTrue();
    }

    private static RangeRequest everything() {
        return RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build();
    }

    private static TxnRequest readEverything() {
        var range = RequestOp.newBuilder().setRequestRange(everything());
        return TxnRequest.newBuilder().addSuccess(range).addSuccess(range).build();
    }

    private static WatchRequest watchEverything() {
        var create =
                WatchCreateRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).setStartRevision(1);
        return WatchRequest.newBuilder().setCreateRequest(create).build();
    }

    private static PutRequest put(String key, ByteString value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(value)
                .build();
    }

    /// Keys that nobody had before.
    private record Unique(int who) implements IntFunction<PutRequest> {
        @Override
        public PutRequest apply(int i) {
            return put("unique/" + who + "/" + i, ByteString.EMPTY);
        }
    }

    /// A few keys again and again.
    private record Again() implements IntFunction<PutRequest> {
        @Override
        public PutRequest apply(int i) {
            return put("again/" + i % 20, ByteString.EMPTY);
        }
    }

    /// Large values, of not too many keys.
    private record Pages() implements IntFunction<PutRequest> {
        private static final ByteString PAGE = ByteString.copyFrom(new byte[100_000]);

        @Override
        public PutRequest apply(int i) {
            return put("page/" + i % 300, PAGE);
        }
    }

    /// Puts until there is no space, many at a time.
    private static void fill(Store store, IntFunction<PutRequest> puts) {
        try (Client client = store.client()) {
            var kv = KVGrpc.newFutureStub(client.channel);
            client.untilRefused(i -> kv.put(puts.apply(i)));
        }
    }

    private static void grant(Store store) {
        try (Client client = store.client()) {
            var leases = LeaseGrpc.newFutureStub(client.channel);
            LeaseGrantRequest hour =
                    LeaseGrantRequest.newBuilder().setTTL(3_600).build();
            client.untilRefused(_ -> leases.leaseGrant(hour));
        }
    }

    private static void recover(Store store) {
        try (Client client = store.client()) {
            var kv = KVGrpc.newBlockingStub(client.channel);
            var leases = LeaseGrpc.newBlockingStub(client.channel);
            assertThat(client.alarms()).isEqualTo(1);
            assertThat(client.put("one more")).isEqualTo(NO_SPACE);
            for (LeaseStatus lease :
                    leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList()) {
                var _ = leases.leaseRevoke(
                        LeaseRevokeRequest.newBuilder().setID(lease.getID()).build());
            }
            for (char digit = '0'; digit <= '9'; digit++) {
                for (String some : List.of("again/", "page/", "unique/0/", "unique/1/", "unique/2/", "unique/3/")) {
                    var deletion = DeleteRangeRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(some + digit))
                            .setRangeEnd(ByteString.copyFromUtf8(some + (char) (digit + 1)));
                    var deleted = kv.deleteRange(deletion.build());
                    if (deleted.getDeleted() > 0)
                        client.compact(deleted.getHeader().getRevision());
                }
            }
            String refused = client.put("after all");
            for (int asked = 0; refused != null; asked++) {
                assertThat(asked).isLessThan(200_000);
                assertThat(refused).isEqualTo(NO_SPACE);
                refused = client.put("after all");
            }
            assertThat(client.alarms()).isZero();
            for (int i = 0; i < 1_000; i++) assertThat(client.put("then " + i)).isNull();
        }
        assertThat(store.isUp()).isTrue();
    }

    private static final class Client implements AutoCloseable {
        final ManagedChannel channel;

        Client(int port) {
            channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .maxInboundMessageSize(200 << 20)
                    .flowControlWindow(128 << 10)
                    .usePlaintext()
                    .build();
        }

        /// Asks and does not take the answer.
        <Q, R> void neverRead(MethodDescriptor<Q, R> method, Q request) {
            ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {}, new Metadata());
            call.sendMessage(request);
            if (method.getType().clientSendsOneMessage()) call.halfClose();
        }

        <R> void untilRefused(IntFunction<ListenableFuture<R>> ask) {
            Semaphore inFlight = new Semaphore(IN_FLIGHT);
            AtomicInteger refusals = new AtomicInteger();
            for (int i = 0; refusals.get() < REFUSALS; i++) {
                inFlight.acquireUninterruptibly();
                Futures.addCallback(
                        ask.apply(i),
                        new FutureCallback<R>() {
                            @Override
                            public void onSuccess(R answer) {
                                inFlight.release();
                            }

                            @Override
                            public void onFailure(Throwable refused) {
                                String why = Status.fromThrowable(refused).getDescription();
                                // Whoever lost the store will hear nothing else.
                                if (!"etcdserver: too many requests".equals(why)) refusals.incrementAndGet();
                                inFlight.release();
                            }
                        },
                        MoreExecutors.directExecutor());
            }
            inFlight.acquireUninterruptibly(IN_FLIGHT);
        }

        /// One question after the other, of which each is answered.
        int talk(AtomicBoolean over) {
            var kv = KVGrpc.newBlockingStub(channel);
            ByteString mine = ByteString.copyFromUtf8("mine");
            int answered = 0;
            while (!over.get()) {
                var _ = kv.range(RangeRequest.newBuilder().setKey(mine).build());
                var _ = kv.deleteRange(
                        DeleteRangeRequest.newBuilder().setKey(mine).build());
                answered++;
            }
            return answered;
        }

        /// @return why not, or null
        @org.jspecify.annotations.Nullable
        String put(String key) {
            try {
                var _ = KVGrpc.newBlockingStub(channel).put(FullHeapTest.put(key, ByteString.EMPTY));
                return null;
            } catch (StatusRuntimeException refused) {
                return String.valueOf(refused.getStatus().getDescription());
            }
        }

        void compact(long revision) {
            var _ = KVGrpc.newBlockingStub(channel)
                    .compact(CompactionRequest.newBuilder()
                            .setRevision(revision)
                            .setPhysical(true)
                            .build());
        }

        int alarms() {
            return MaintenanceGrpc.newBlockingStub(channel)
                    .alarm(AlarmRequest.newBuilder()
                            .setAction(AlarmRequest.AlarmAction.GET)
                            .setAlarm(AlarmType.NOSPACE)
                            .build())
                    .getAlarmsCount();
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private static final class Store implements AutoCloseable {
        private static final Pattern READY = Pattern.compile("^ready to serve client requests on port (\\d+)");

        private final Process process;
        private final int port;
        private final StringBuffer said = new StringBuffer();

        Store(String heap, Path directory) throws IOException {
            process = new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            heap,
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+ExitOnOutOfMemoryError",
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            StoreMain.class.getName(),
                            "--data-dir",
                            directory.resolve("data").toString(),
                            "--listen-client-urls",
                            "http://127.0.0.1:0",
                            "--quota-backend-bytes",
                            Long.toString(64L << 30))
                    .redirectErrorStream(true)
                    .start();
            BufferedReader output = process.inputReader();
            port = ready(output);
            Thread.ofPlatform().daemon().start(() -> output.lines().forEach(this::hear));
        }

        private int ready(BufferedReader output) throws IOException {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                hear(line);
                Matcher ready = READY.matcher(line);
                if (ready.find()) return Integer.parseInt(ready.group(1));
            }
            throw new IOException("it is not ready: " + said);
        }

        private void hear(String line) {
            said.append(line).append('\n');
        }

        String said() {
            return said.toString();
        }

        boolean isUp() {
            assertThat(process.isAlive()).as(said()).isTrue();
            return true;
        }

        Client client() {
            return new Client(port);
        }

        void kill() throws InterruptedException {
            assertThat(isUp()).isTrue();
            process.destroyForcibly().waitFor();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
