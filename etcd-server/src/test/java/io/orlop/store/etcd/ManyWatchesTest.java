package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchProgressRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 10,000 watches that hear nothing, and a few that do.
class ManyWatchesTest {
    private static final int STREAMS = 20;
    private static final int WATCHES = 500;

    @TempDir
    Path directory;

    /// One client's stream, and what came back.
    private static final class Stream implements StreamObserver<WatchResponse> {
        private final BlockingQueue<WatchResponse> answers = new LinkedBlockingQueue<>();
        private final StreamObserver<WatchRequest> requests;

        Stream(ManagedChannel channel) {
            requests = WatchGrpc.newStub(channel).watch(this);
        }

        void create(int id, String key) {
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(
                            WatchCreateRequest.newBuilder().setWatchId(id).setKey(ByteString.copyFromUtf8(key)))
                    .build());
        }

        void requestProgress() {
            requests.onNext(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }

        @Override
        public void onNext(WatchResponse answer) {
            answers.add(answer);
        }

        @Override
        public void onError(Throwable thrown) {}

        @Override
        public void onCompleted() {}
    }

    private static String key(int stream, int watch) {
        return "stream" + stream + "/" + watch;
    }

    @Test
    void disturbNobody() throws Exception {
        try (MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                    .usePlaintext()
                    .build();
            try {
                watch(store, channel);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    private static void watch(MvccStore store, ManagedChannel channel) throws InterruptedException {
        List<Stream> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            Stream stream = new Stream(channel);
            for (int id = 1; id <= WATCHES; id++) stream.create(id, key(i, id));
            streams.add(stream);
        }
        for (Stream stream : streams) {
            for (int id = 1; id <= WATCHES; id++) {
                WatchResponse created = stream.answers.take();
                assertThat(created.getCreated()).isTrue();
                assertThat(created.getWatchId()).isEqualTo(id);
            }
        }
        // What nobody watches, and one key of each stream.
        for (int i = 0; i < 1_000; i++) store.put(Operation.Put.of(Octets.of("other" + i), Octets.of("x")));
        for (int i = 0; i < STREAMS; i++) store.put(Operation.Put.of(Octets.of(key(i, 7 + i)), Octets.of("x")));
        for (int i = 0; i < STREAMS; i++) {
            WatchResponse heard = streams.get(i).answers.take();
            assertThat(heard.getWatchId()).isEqualTo(7 + i);
            assertThat(heard.getEvents(0).getKv().getKey().toStringUtf8()).isEqualTo(key(i, 7 + i));
        }
        for (Stream stream : streams) stream.requestProgress();
        for (Stream stream : streams) {
            WatchResponse progress = stream.answers.take();
            assertThat(progress.getWatchId()).isEqualTo(-1);
            assertThat(progress.getHeader().getRevision()).isEqualTo(store.revision());
            assertThat(stream.answers).isEmpty();
        }
    }
}
