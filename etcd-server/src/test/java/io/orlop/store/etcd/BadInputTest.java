package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever a client sends, the server answers the others.
class BadInputTest {
    /// The transport tells its log of every bad message; kept here, since loggers are forgotten.
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc");

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        TRANSPORT.setLevel(Level.OFF);
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        TRANSPORT.setLevel(null);
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private void stillServes() {
        var kv = KVGrpc.newBlockingStub(channel);
        kv.put(put("alive", "yes"));
        var got = kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("alive"))
                .build());
        assertThat(got.getKvs(0).getValue().toStringUtf8()).isEqualTo("yes");
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFromUtf8(value))
                .build();
    }

    @Test
    void mutatedRequestsAreRefusedOrAnswered() {
        Random random = new Random(7);
        byte[] request = TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("key", "value")))
                .addFailure(RequestOp.newBuilder()
                        .setRequestRange(RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8("key"))))
                .build()
                .toByteArray();
        for (String method :
                List.of("KV/Txn", "KV/Range", "KV/Put", "KV/DeleteRange", "KV/Compact", "Lease/LeaseGrant")) {
            var raw = RawMethod.of("etcdserverpb." + method, MethodDescriptor.MethodType.UNARY);
            for (int i = 0; i < 60; i++) {
                byte[] mutated = request.clone();
                for (int n = random.nextInt(4); n >= 0; n--) {
                    mutated[random.nextInt(mutated.length)] = (byte) random.nextInt();
                }
                byte[] sent = java.util.Arrays.copyOf(mutated, random.nextInt(mutated.length + 1));
                try {
                    ClientCalls.blockingUnaryCall(channel, raw, CallOptions.DEFAULT, sent);
                } catch (StatusRuntimeException refused) {
                    assertThat(refused.getStatus()).isNotNull();
                }
            }
        }
        stillServes();
    }

    @Test
    void garbageOnThePortHarmsNobody() throws IOException {
        Random random = new Random(8);
        for (int i = 0; i < 20; i++) {
            try (Socket socket = new Socket("127.0.0.1", server.port())) {
                byte[] garbage = new byte[random.nextInt(2000)];
                random.nextBytes(garbage);
                socket.getOutputStream().write(garbage);
            } catch (IOException hungUp) {
                // It may.
            }
        }
        stillServes();
    }

    @Test
    void tooLargeARequestIsRefusedInEtcdsWords() {
        var kv = KVGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> kv.put(put("big", "x".repeat(1_600_000))))
                .hasMessage("INVALID_ARGUMENT: etcdserver: request is too large");
        assertThatThrownBy(() -> kv.put(put("huge", "x".repeat(5_000_000)))).hasMessageContaining("RESOURCE_EXHAUSTED");
        stillServes();
    }

    @Test
    void refusesInEtcdsWords() {
        var kv = KVGrpc.newBlockingStub(channel);
        assertThatThrownBy(() -> kv.put(put("", "v"))).hasMessage("INVALID_ARGUMENT: etcdserver: key is not provided");
        assertThatThrownBy(() -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.getDefaultInstance())
                        .build()))
                .hasMessage("INVALID_ARGUMENT: etcdserver: key not found");
        assertThatThrownBy(() -> kv.range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setSortOrderValue(7)
                        .build()))
                .hasMessage("INVALID_ARGUMENT: etcdserver: invalid sort option");
        assertThatThrownBy(() -> kv.range(RangeRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("k"))
                        .setRevision(99)
                        .build()))
                .hasMessage("OUT_OF_RANGE: etcdserver: mvcc: required revision is a future revision");
    }

    @Test
    void isHealthy() {
        var health = HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());
        assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
    }

    @Test
    void answersWrongWatchesAndGoesOnWithTheStream() throws InterruptedException {
        BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> watch = WatchGrpc.newStub(channel).watch(collect(answers));
        watch.onNext(WatchRequest.getDefaultInstance());
        watch.onNext(create(WatchCreateRequest.newBuilder().setStartRevision(-1)));
        WatchResponse negative = answers.take();
        assertThat(negative.getCreated() && negative.getCanceled()).isTrue();
        assertThat(negative.getWatchId()).isEqualTo(-1);
        watch.onNext(create(WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("b"))
                .setRangeEnd(ByteString.copyFromUtf8("a"))));
        assertThat(answers.take().getCancelReason()).isEqualTo("mvcc: watcher range is empty");
        watch.onNext(create(WatchCreateRequest.newBuilder().setWatchId(5)));
        assertThat(answers.take().getWatchId()).isEqualTo(5);
        watch.onNext(create(WatchCreateRequest.newBuilder().setWatchId(5)));
        assertThat(answers.take().getCancelReason()).isEqualTo("mvcc: duplicate watch ID provided on the WatchStream");
        watch.onNext(WatchRequest.newBuilder()
                .setProgressRequest(io.orlop.store.proto.etcdserverpb.WatchProgressRequest.getDefaultInstance())
                .build());
        WatchResponse progress = answers.take();
        assertThat(progress.getWatchId()).isEqualTo(-1);
        assertThat(progress.getHeader().getRevision()).isEqualTo(1);
        watch.onCompleted();
        stillServes();
    }

    private static WatchRequest create(WatchCreateRequest.Builder create) {
        return WatchRequest.newBuilder().setCreateRequest(create).build();
    }

    private static <T> StreamObserver<T> collect(BlockingQueue<T> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(T answer) {
                answers.add(answer);
            }

            @Override
            public void onError(Throwable thrown) {}

            @Override
            public void onCompleted() {}
        };
    }

    @Test
    void keepAliveOfNoLeaseAnswersZero() throws InterruptedException {
        BlockingQueue<LeaseKeepAliveResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<LeaseKeepAliveRequest> alive = LeaseGrpc.newStub(channel).leaseKeepAlive(collect(answers));
        alive.onNext(LeaseKeepAliveRequest.newBuilder().setID(4711).build());
        assertThat(answers.take().getTTL()).isZero();
        alive.onCompleted();
    }

    @Test
    void aClientThatNeverReadsDoesNotKeepOthersWaiting() throws InterruptedException {
        var deaf = new LinkedBlockingQueue<WatchResponse>();
        ClientCalls.asyncBidiStreamingCall(
                        channel.newCall(WatchGrpc.getWatchMethod(), CallOptions.DEFAULT),
                        new io.grpc.stub.ClientResponseObserver<WatchRequest, WatchResponse>() {
                            @Override
                            public void beforeStart(io.grpc.stub.ClientCallStreamObserver<WatchRequest> request) {
                                request.disableAutoRequestWithInitial(0);
                            }

                            @Override
                            public void onNext(WatchResponse answer) {
                                deaf.add(answer);
                            }

                            @Override
                            public void onError(Throwable thrown) {}

                            @Override
                            public void onCompleted() {}
                        })
                .onNext(create(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFrom(new byte[1]))
                        .setRangeEnd(ByteString.copyFrom(new byte[1]))));
        BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> keen = WatchGrpc.newStub(channel).watch(collect(answers));
        keen.onNext(create(WatchCreateRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))));
        assertThat(answers.take().getCreated()).isTrue();
        var kv = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < 40; i++) kv.put(put("k" + i, "x".repeat(100_000)));
        int heard = 0;
        while (heard < 40) heard += answers.take().getEventsCount();
        assertThat(deaf).isEmpty();
        stillServes();
    }
}
