package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What gRPC's clients expect of a server besides the right answers.
class FrontDoorTest {
    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .maxInboundMessageSize(64 << 20)
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        channel.shutdownNow();
        server.close();
        store.close();
    }

    private static PutRequest put(String key, int bytes) {
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(key))
                .setValue(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    @Test
    void saysWhichMethodOrServiceItDoesNotKnow() {
        assertThatThrownBy(() -> call("etcdserverpb.KV/Nothing"))
                .hasMessage("UNIMPLEMENTED: unknown method Nothing for service etcdserverpb.KV");
        assertThatThrownBy(() -> call("elsewhere.KV/Range")).hasMessage("UNIMPLEMENTED: unknown service elsewhere.KV");
    }

    private void call(String name) {
        MethodDescriptor<RangeRequest, ?> method =
                KVGrpc.getRangeMethod().toBuilder().setFullMethodName(name).build();
        ClientCalls.blockingUnaryCall(channel, method, CallOptions.DEFAULT, RangeRequest.getDefaultInstance());
    }

    @Test
    void refusesCompressionInGosWords() {
        var kv = KVGrpc.newBlockingStub(channel).withCompression("gzip");
        assertThatThrownBy(() -> kv.put(put("a", 10)))
                .hasMessage("UNIMPLEMENTED: grpc: Decompressor is not installed for grpc-encoding \"gzip\"");
    }

    @Test
    void namesTheLimitThatAMessageBreaks() {
        assertThatThrownBy(() -> KVGrpc.newBlockingStub(channel).put(put("a", 3_000_000)))
                .hasMessageStartingWith("RESOURCE_EXHAUSTED: grpc: received message larger than max (3000")
                .hasMessageEndingWith(" vs. 2097152)");
    }

    @Test
    void answersLargerThanAnyWindowArriveWhole() {
        var kv = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < 8; i++) kv.put(put("large" + i, 1_400_000));
        var got = kv.range(RangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("large"))
                .setRangeEnd(ByteString.copyFromUtf8("largf"))
                .build());
        assertThat(got.getKvsList()).hasSize(8).allMatch(one -> one.getValue().size() == 1_400_000);
    }

    @Test
    void rangesOfAnySizeArriveWhole() {
        var kv = KVGrpc.newBlockingStub(channel);
        for (int i = 0; i < 60; i++) kv.put(put("some%02d".formatted(i), 1_000));
        for (int limit = 1; limit <= 60; limit++) {
            var got = kv.range(RangeRequest.newBuilder()
                    .setKey(ByteString.copyFromUtf8("some"))
                    .setRangeEnd(ByteString.copyFromUtf8("somf"))
                    .setLimit(limit)
                    .build());
            assertThat(got.getKvsList())
                    .hasSize(limit)
                    .allMatch(one -> one.getValue().size() == 1_000);
        }
    }

    @Test
    void aClientThatAsksTooOftenIsSentAway() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            frame(out, 4, new byte[0]);
            for (int i = 0; i < 4; i++) frame(out, 6, new byte[8]);
            assertThat(ascii(socket)).contains("too_many_pings");
        }
    }

    private static void frame(DataOutputStream out, int type, byte[] payload) throws IOException {
        out.writeInt(payload.length << 8 | type);
        out.writeByte(0);
        out.writeInt(0);
        out.write(payload);
        out.flush();
    }

    /// All that comes until the server hangs up.
    private static String ascii(Socket socket) throws IOException {
        var all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (IOException reset) {
            // A way to hang up.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void saysGoodbyeWhenItCloses() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            var out = new DataOutputStream(socket.getOutputStream());
            out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            frame(out, 4, new byte[0]);
            frame(out, 6, new byte[8]);
            // Its own settings come first: the connection is known to be up.
            assertThat(socket.getInputStream().readNBytes(9)).hasSize(9);
            server.close();
            // GOAWAY, 8 bytes, without flags, of no stream; no error.
            assertThat(ascii(socket)).contains("\0\0\u0008\u0007\0\0\0\0\0").endsWith("\0\0\0\0");
        }
    }

    @Test
    void aWatchHearsThatTheServerCloses() throws InterruptedException {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        watch(heard).onNext(all());
        assertThat(((WatchResponse) heard.take()).getCreated()).isTrue();
        server.close();
        Status why = (Status) heard.take();
        assertThat(why.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void aWatchGoesOnWhenItsClientHasNothingMoreToAsk() throws InterruptedException {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        StreamObserver<WatchRequest> watch = watch(heard);
        watch.onNext(all());
        watch.onCompleted();
        assertThat(((WatchResponse) heard.take()).getCreated()).isTrue();
        KVGrpc.newBlockingStub(channel).put(put("a", 1));
        assertThat(((WatchResponse) heard.take()).getEventsCount()).isEqualTo(1);
    }

    @Test
    void countsWhatGoesInAndOut() throws Exception {
        BlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        watch(heard).onNext(all());
        heard.take();
        PutRequest put = put("a", 100);
        var answer = KVGrpc.newBlockingStub(channel).put(put);
        heard.take();
        String labels = "{grpc_method=\"%s\",grpc_service=\"etcdserverpb.%s\",grpc_type=\"%s\"} ";
        String watch = labels.formatted("Watch", "Watch", "bidi_stream");
        assertThat(page("/metrics"))
                .contains("\netcd_debugging_mvcc_watcher_total 1\n")
                .contains("\netcd_debugging_mvcc_watch_stream_total 1\n")
                .contains("\netcd_debugging_mvcc_slow_watcher_total 0\n")
                .contains("\ngrpc_server_msg_received_total" + labels.formatted("Put", "KV", "unary") + "1\n")
                .contains("\ngrpc_server_msg_sent_total" + watch + "2\n");
        long sent = figure("etcd_network_client_grpc_sent_bytes_total");
        assertThat(sent).isGreaterThan(answer.getSerializedSize() + 100L);
        assertThat(figure("etcd_network_client_grpc_received_bytes_total"))
                .isEqualTo(put.getSerializedSize() + all().getSerializedSize());
    }

    private long figure(String name) throws Exception {
        return page("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .sum();
    }

    private String page(String path) throws Exception {
        try (var http = java.net.http.HttpClient.newHttpClient()) {
            var request = java.net.http.HttpRequest.newBuilder(
                            java.net.URI.create("http://127.0.0.1:" + server.port() + path))
                    .build();
            return http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    private static WatchRequest all() {
        ByteString zero = ByteString.copyFrom(new byte[1]);
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(zero).setRangeEnd(zero))
                .build();
    }

    private StreamObserver<WatchRequest> watch(BlockingQueue<Object> heard) {
        return WatchGrpc.newStub(channel).watch(new StreamObserver<>() {
            @Override
            public void onNext(WatchResponse answer) {
                heard.add(answer);
            }

            @Override
            public void onError(Throwable why) {
                heard.add(Status.fromThrowable(why));
            }

            @Override
            public void onCompleted() {}
        });
    }
}
