package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.disk.twin.Call;
import io.orlop.disk.twin.CrashableDirectory;
import io.orlop.disk.twin.Fault;
import io.orlop.model.ambient.Ambient;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/// A disk that takes for ever to make something safe keeps those waiting who change something, and nobody else.
class SlowDiskTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("a");

    private final Semaphore permits = new Semaphore(1_000);
    private final Semaphore asked = new Semaphore(0);

    @Test
    void whoReadsDoesNotWaitForTheDiskOfAnother() throws Exception {
        try (MvccStore store = open();
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            ManagedChannel writing = channel(server);
            ManagedChannel before = channel(server);
            assertThat(read(before)).isZero();
            KVGrpc.newBlockingStub(writing).put(put());
            KVGrpc.newBlockingStub(writing).put(put());
            permits.drainPermits();
            asked.drainPermits();
            var stuck = KVGrpc.newFutureStub(writing).put(put());
            asked.acquire();
            // Whatever thread of the door serves whom: those who were there, and more than there are threads.
            assertThat(read(before)).isEqualTo(2);
            for (int i = 0; i < 10; i++) {
                ManagedChannel later = channel(server);
                assertThat(read(later)).isEqualTo(2);
                later.shutdownNow();
            }
            assertThat(stuck).isNotDone();
            permits.release(1_000);
            assertThat(stuck.get().getHeader().getRevision()).isEqualTo(4);
            assertThat(read(before)).isEqualTo(3);
            writing.shutdownNow();
            before.shutdownNow();
        }
    }

    private MvccStore open() throws IOException {
        Runnable whenForced = () -> {
            asked.release();
            permits.acquireUninterruptibly();
        };
        return MvccStore.open(
                CrashableDirectory.with(Fault.first(whenForced, Call.FORCE)),
                Ambient.system(),
                Thread.ofPlatform().daemon().factory(),
                StoreOptions.defaults());
    }

    private static ManagedChannel channel(EtcdServer server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    private static PutRequest put() {
        return PutRequest.newBuilder().setKey(KEY).setValue(KEY).build();
    }

    /// @return the key's version
    private static long read(ManagedChannel channel) {
        var read = KVGrpc.newBlockingStub(channel)
                .range(RangeRequest.newBuilder().setKey(KEY).build());
        return read.getKvsList().isEmpty() ? 0 : read.getKvs(0).getVersion();
    }
}
