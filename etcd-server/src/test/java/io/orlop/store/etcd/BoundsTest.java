package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchSink;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What clients may have us keep in memory: answers that they do not take, questions that nobody has heard yet.
class BoundsTest {
    private static final int ROWS = 60;
    private static final int ROW_BYTES = 100_000;
    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);
    private static final RangeRequest EVERYTHING =
            RangeRequest.newBuilder().setKey(ALL).setRangeEnd(ALL).build();
    private static final int ASKED = 1_000;
    private static final int HEARD_MAX = 256;

    private final Semaphore forces = new Semaphore(1_000_000);
    private final Stuck stuck = new Stuck();
    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(
                CrashableDirectory.with(Fault.first(forces::acquireUninterruptibly, Call.FORCE)),
                Ambient.system(),
                Thread.ofPlatform().daemon().factory(),
                StoreOptions.defaults());
        EtcdOptions options = EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0));
        server = EtcdServer.start(store, options.answerBytesMax(10 << 20));
        channel = channel();
    }

    @AfterEach
    void stop() throws IOException {
        forces.release(1_000_000);
        stuck.leave.countDown();
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private ManagedChannel channel() {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .maxInboundMessageSize(20 << 20)
                // Fixed: else the client makes it as large as the answer.
                .flowControlWindow(128 << 10)
                .usePlaintext()
                .build();
    }

    /// A client that asks and does not read what it is told.
    private <Q, R> ClientCall<Q, R> silent(MethodDescriptor<Q, R> method) {
        ClientCall<Q, R> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        return call;
    }

    private static Status.@Nullable Code refusal(KVGrpc.KVBlockingStub kv) {
        try {
            assertThat(kv.range(EVERYTHING).getKvsCount()).isEqualTo(ROWS);
            return null;
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getDescription()).isEqualTo("etcdserver: too many requests");
            return refused.getStatus().getCode();
        }
    }

    /// Asks for everything. The answer has begun, and not all of it fits on the way to the client.
    private ClientCall<?, ?> answeredAndNotTaken() throws InterruptedException {
        CountDownLatch answered = new CountDownLatch(1);
        var untaken = channel.newCall(KVGrpc.getRangeMethod(), CallOptions.DEFAULT);
        untaken.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onHeaders(Metadata headers) {
                        answered.countDown();
                    }
                },
                new Metadata());
        untaken.sendMessage(EVERYTHING);
        untaken.halfClose();
        answered.await();
        return untaken;
    }

    @Test
    void answersThatNobodyTakesLeaveRoomForOthers() throws InterruptedException {
        for (int i = 0; i < ROWS; i++) {
            store.put(Operation.Put.of(Octets.of("k" + i), Octets.of("x".repeat(ROW_BYTES))));
        }
        ManagedChannel other = channel();
        try {
            var kv = KVGrpc.newBlockingStub(other);
            assertThat(refusal(kv)).isNull();
            ClientCall<?, ?> untaken = answeredAndNotTaken();
            assertThat(refusal(kv)).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            int asked = 0;
            assertThat(kv.range(RangeRequest.newBuilder()
                                    .setKey(ByteString.copyFromUtf8("k1"))
                                    .build())
                            .getCount())
                    .isEqualTo(1);
            untaken.cancel("enough", null);
            while (refusal(kv) != null) assertThat(++asked).isLessThan(10_000);
            // Nothing is left behind by those that were refused or given up.
            for (int i = 0; i < 20; i++) assertThat(refusal(kv)).isNull();
        } finally {
            other.shutdownNow();
        }
    }

    @Test
    void whoTakesNothingOfAnAnswerLosesItWhereOthersNeedTheRoom() throws Exception {
        server.close();
        channel.shutdownNow();
        server = EtcdServer.start(
                store,
                EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                        .answerBytesMax(10 << 20)
                        .door(DoorOptions.defaults().patience(Duration.ofMillis(100))));
        channel = channel();
        for (int i = 0; i < ROWS; i++) {
            store.put(Operation.Put.of(Octets.of("k" + i), Octets.of("x".repeat(ROW_BYTES))));
        }
        ClientCall<?, ?> untaken = answeredAndNotTaken();
        ManagedChannel other = channel();
        try {
            var kv = KVGrpc.newBlockingStub(other);
            while (refusal(kv) != null) Thread.onSpinWait();
            for (int i = 0; i < 20; i++) assertThat(refusal(kv)).isNull();
        } finally {
            other.shutdownNow();
        }
    }

    private long messagesOf(String method) throws IOException, InterruptedException {
        // What was sent before on that connection was read before this is answered.
        KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder().setKey(ALL).build());
        HttpResponse<String> page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return page.body()
                .lines()
                .filter(line -> line.startsWith("grpc_server_msg_received_total")
                        && line.contains("grpc_method=\"" + method + "\""))
                .mapToLong(line -> Math.round(Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))))
                .sum();
    }

    @Test
    void whoAsksForWatchesFasterThanTheyAreMadeIsNotListenedTo() throws IOException, InterruptedException {
        store.watch(stuck).create(io.orlop.store.watch.WatchRequest.of(KeyRange.all()));
        stuck.entered.await();
        ClientCall<WatchRequest, ?> call = silent(WatchGrpc.getWatchMethod());
        for (int i = 0; i < ASKED; i++) {
            call.sendMessage(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder().setKey(ALL))
                    .build());
        }
        assertThat(messagesOf("Watch")).isEqualTo(HEARD_MAX);
        stuck.leave.countDown();
        while (messagesOf("Watch") < ASKED) Thread.onSpinWait();
        call.cancel("enough", null);
    }

    @Test
    void whoKeepsALeaseAliveFasterThanTheDiskIsNotListenedTo() throws IOException, InterruptedException {
        store.put(Operation.Put.of(Octets.of("k"), Octets.of("v")));
        forces.drainPermits();
        var stuck = store.submit(Operation.Put.of(Octets.of("k"), Octets.of("w")));
        ClientCall<LeaseKeepAliveRequest, ?> call = silent(LeaseGrpc.getLeaseKeepAliveMethod());
        for (int i = 0; i < ASKED; i++) {
            call.sendMessage(LeaseKeepAliveRequest.newBuilder().setID(7).build());
        }
        assertThat(messagesOf("LeaseKeepAlive")).isLessThan(ASKED);
        forces.release(1_000_000);
        MvccStore.await(stuck);
        while (messagesOf("LeaseKeepAlive") < ASKED) Thread.onSpinWait();
        call.cancel("enough", null);
    }

    /// Holds up whoever tells it something.
    private static final class Stuck implements WatchSink {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch leave = new CountDownLatch(1);

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void created(long id, long revision) {
            entered.countDown();
            try {
                leave.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void refused(WatchRefusal why, long revision) {}

        @Override
        public void events(long id, long revision, List<Event> events) {}

        @Override
        public void canceled(long id, long revision) {}

        @Override
        public void compacted(long id, long compactRevision, long revision) {}

        @Override
        public void failed(long id, long revision, String why) {}

        @Override
        public void progress(long id, long revision) {}
    }
}
