package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A store in a process of its own is stopped for longer than a lease lasts, and goes on. Nobody could have renewed
/// anything meanwhile.
class StoppedProcessTest {
    private static final long LEASE_SECONDS = 2;
    private static final long STOPPED_SECONDS = 5;

    @TempDir
    Path directory;

    @Test
    void aLeaseWhoseKeeperGoesOnOutlivesAPauseAndAnotherDoesNot() throws Exception {
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Serving.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            int port = Integer.parseInt(output.readLine());
            ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .usePlaintext()
                    .build();
            try {
                stopAndGoOn(process, channel);
            } finally {
                channel.shutdownNow();
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void stopAndGoOn(Process process, ManagedChannel channel) throws Exception {
        long kept = grant(channel, "kept");
        long left = grant(channel, "left");
        StreamObserver<LeaseKeepAliveRequest> keepAlive =
                LeaseGrpc.newStub(channel).leaseKeepAlive(new Unheeded());
        keepAlive.onNext(LeaseKeepAliveRequest.newBuilder().setID(left).build());
        Thread keeper = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                keepAlive.onNext(LeaseKeepAliveRequest.newBuilder().setID(kept).build());
                if (!slept(LEASE_SECONDS * 1000 / 4)) return;
            }
        });
        signal(process, "-STOP");
        // They wait at the door, and are let in before either can be gone.
        var keptAtOnce = KVGrpc.newFutureStub(channel).range(range("kept"));
        var leftAtOnce = KVGrpc.newFutureStub(channel).range(range("left"));
        assertThat(slept(STOPPED_SECONDS * 1000)).isTrue();
        assertThat(leftAtOnce).isNotDone();
        signal(process, "-CONT");
        assertThat(keptAtOnce.get().getCount()).isOne();
        assertThat(leftAtOnce.get().getCount()).isOne();
        while (KVGrpc.newBlockingStub(channel).range(range("left")).getCount() > 0) {
            assertThat(slept(50)).isTrue();
        }
        assertThat(KVGrpc.newBlockingStub(channel).range(range("kept")).getCount())
                .isOne();
        keeper.interrupt();
        keeper.join();
    }

    private static long grant(ManagedChannel channel, String key) {
        long lease = LeaseGrpc.newBlockingStub(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(LEASE_SECONDS).build())
                .getID();
        ByteString name = ByteString.copyFromUtf8(key);
        var _ = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder().setKey(name).setLease(lease).build());
        return lease;
    }

    private static RangeRequest range(String key) {
        return RangeRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    private static void signal(Process process, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    private static boolean slept(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static final class Unheeded implements StreamObserver<LeaseKeepAliveResponse> {
        @Override
        public void onNext(LeaseKeepAliveResponse response) {}

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
    }

    /// The child: serves until it is killed.
    static final class Serving {
        public static void main(String[] arguments) throws Exception {
            MvccStore store = MvccStore.open(Path.of(arguments[0]), StoreOptions.defaults());
            EtcdServer server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
            System.out.println(server.port());
            Thread.currentThread().join();
        }
    }
}
