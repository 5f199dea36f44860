package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesResponse;
import io.orlop.store.proto.etcdserverpb.LeaseStatus;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.proto.etcdserverpb.ResponseOp;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real etcd is the oracle: the same random requests to both, every answer compared, refusals by code and text.
class DifferentialTest {
    private static final int OPERATIONS =
            Integer.getInteger("orlop.operations", 1500 * Integer.getInteger("orlop.longer", 1));

    private static final int BETWEEN_RESTARTS = 250;
    private static final int BETWEEN_WATCHES = 5;
    private static final int SETTLES_AFTER = 100;

    @TempDir
    Path directory;

    @Test
    void answersAsEtcdDoesOverRestartsOfBoth() throws Exception {
        try (Pair pair = new Pair(null)) {
            RandomRequests requests = new RandomRequests(42);
            for (int i = 0; i < OPERATIONS; i++) {
                if (i % BETWEEN_RESTARTS == BETWEEN_RESTARTS - 1) pair.restart();
                compare(requests, pair, i);
            }
            compareEverything(pair);
            raiseShortLives(pair.real.channel, pair.ours.channel);
        }
    }

    @Test
    void answersAsEtcdDoesOverTls() throws Exception {
        try (Pair pair = new Pair(SelfSigned.make(directory.resolve("server.p12"), "CN=server"))) {
            RandomRequests requests = new RandomRequests(43);
            for (int i = 0; i < OPERATIONS / 5; i++) compare(requests, pair, i);
            compareEverything(pair);
        }
    }

    /// One of the two, and the ways to ask it.
    private record Side(ManagedChannel channel, Gateway gateway) {
        Object answer(Call call, boolean asJson) {
            return asJson ? gateway.answer(call) : DifferentialTest.answer(call, channel);
        }
    }

    /// A real etcd and the store, each on a directory that stays when they are started anew.
    private final class Pair implements AutoCloseable {
        private final @Nullable SelfSigned certificate;
        private final Path certificateFile = directory.resolve("server.crt");
        private final Path keyFile = directory.resolve("server.key");
        private RealEtcd etcd;
        private MvccStore store;
        private EtcdServer server;
        private Side real;
        private Side ours;

        Pair(@Nullable SelfSigned certificate) throws Exception {
            this.certificate = certificate;
            if (certificate != null) certificate.writeTo(certificateFile, keyFile);
            start();
        }

        private void start() throws Exception {
            Path data = directory.resolve("etcd");
            InetSocketAddress anyPort = new InetSocketAddress("127.0.0.1", 0);
            store = MvccStore.open(directory.resolve("ours"), StoreOptions.defaults());
            if (certificate == null) {
                etcd = RealEtcd.startOn(data);
                server = EtcdServer.start(store, EtcdOptions.listening(anyPort));
            } else {
                etcd = RealEtcd.startOn(data, certificateFile, keyFile);
                DoorOptions door = DoorOptions.defaults().tls(new Tls(certificateFile, keyFile, null, false));
                server = EtcdServer.start(
                        store,
                        EtcdOptions.listening(List.of(new Door.Listen(anyPort, true)))
                                .door(door));
            }
            real = side(etcd.authority());
            ours = side("127.0.0.1:" + server.port());
        }

        private Side side(String authority) throws Exception {
            NettyChannelBuilder channel =
                    NettyChannelBuilder.forTarget("dns:///" + authority).maxInboundMessageSize(64 << 20);
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, certificate == null ? null : certificate.trust().getTrustManagers(), null);
            if (certificate == null) {
                channel.usePlaintext();
            } else {
                channel.sslContext(GrpcSslContexts.forClient()
                        .trustManager(certificate.certificate())
                        .build());
            }
            String scheme = certificate == null ? "http://" : "https://";
            return new Side(channel.build(), new Gateway(tls.getSocketFactory(), scheme + authority));
        }

        /// A 3.4 does again what it refused last, unless something that it did is on its disk since.
        void restart() throws Exception {
            Call put = new Call(
                    KVGrpc.getPutMethod(),
                    PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("before a restart"))
                            .build());
            assertThat(ours.answer(put, false)).isEqualTo(real.answer(put, false));
            close();
            start();
        }

        @Override
        public void close() throws IOException {
            for (Side side : List.of(real, ours)) side.channel.shutdownNow();
            etcd.close();
            server.close();
            store.close();
        }
    }

    /// A time to live below the least is raised; the answer to the grant says to what.
    private static void raiseShortLives(Channel real, Channel ours) {
        for (long ttl = -2; ttl <= 3; ttl++) {
            LeaseGrantRequest grant = LeaseGrantRequest.newBuilder()
                    .setID(1_000 + ttl)
                    .setTTL(ttl)
                    .build();
            assertThat(LeaseGrpc.newBlockingStub(ours).leaseGrant(grant).getTTL())
                    .as("a time to live of " + ttl)
                    .isEqualTo(LeaseGrpc.newBlockingStub(real).leaseGrant(grant).getTTL());
        }
    }

    private static void compare(RandomRequests requests, Pair pair, int i) {
        if (i % BETWEEN_WATCHES == 0) compareWatches(requests, pair, i);
        Call call = requests.any();
        boolean asJson = Gateway.serves(call) && requests.random.nextInt(5) == 0;
        Object expected = pair.real.answer(call, asJson);
        Object actual = pair.ours.answer(call, asJson);
        assertThat(actual)
                .as("operation " + i + (asJson ? " as JSON: " : ": ") + requests.last())
                .isEqualTo(expected);
        compareHashes(requests, pair.real.channel, pair.ours.channel, i);
    }

    private static void compareWatches(RandomRequests requests, Pair pair, int i) {
        WatchScript watches = requests.watches();
        List<String> expected = watches.play(pair.real.channel);
        assertThat(watches.play(pair.ours.channel))
                .as("watches before operation " + i + ": " + requests.last())
                .isEqualTo(expected);
    }

    private static void compareEverything(Pair pair) {
        RangeRequest everything = RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build();
        assertThat(KVGrpc.newBlockingStub(pair.ours.channel).range(everything).getKvsList())
                .isEqualTo(KVGrpc.newBlockingStub(pair.real.channel)
                        .range(everything)
                        .getKvsList());
    }

    /// Now, and at some revision. Before 3.5 etcd refuses to hash at the compacted revision itself, and gives no
    /// hash_revision. While a 3.4 removes what it compacted its hash is now one and now another; ours is one.
    private static void compareHashes(RandomRequests requests, Channel real, Channel ours, int i) {
        long compacted = MaintenanceGrpc.newBlockingStub(ours)
                .hashKV(HashKVRequest.getDefaultInstance())
                .getCompactRevision();
        for (long revision : new long[] {0, requests.anyRevision(i)}) {
            if (revision != 0 && revision == compacted) continue;
            HashKVRequest request =
                    HashKVRequest.newBuilder().setRevision(revision).build();
            String actual = answer(hash(request), ours);
            String expected = answer(hash(request), real);
            for (int again = 0; again < SETTLES_AFTER && !actual.equals(expected); again++) {
                pause();
                expected = answer(hash(request), real);
            }
            assertThat(actual)
                    .as("the hash at " + revision + " after operation " + i + ": " + requests.last())
                    .isEqualTo(expected);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Function<Channel, Message> hash(HashKVRequest request) {
        return channel -> MaintenanceGrpc.newBlockingStub(channel).hashKV(request).toBuilder()
                .clearHashRevision()
                .build();
    }

    private static String answer(Function<Channel, Message> request, Channel channel) {
        try {
            Message answer = request.apply(channel);
            return withoutIdentity(answer).toString();
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode() + " " + refused.getStatus().getDescription();
        }
    }

    /// Member, term and time left are each one's own; the revision is not.
    static Message withoutIdentity(Message answer) {
        Message.Builder builder = answer.toBuilder();
        var header = answer.getDescriptorForType().findFieldByName("header");
        if (answer.getField(header) instanceof ResponseHeader full) {
            builder.setField(
                    header,
                    ResponseHeader.newBuilder().setRevision(full.getRevision()).build());
        }
        var remaining = answer.getDescriptorForType().findFieldByName("TTL");
        boolean isTimeToLive = answer.getDescriptorForType().findFieldByName("grantedTTL") != null;
        if (isTimeToLive && (long) answer.getField(remaining) > 0) builder.setField(remaining, 1L);
        return switch (builder) {
            // Keys come in no order, and leases that end at about the same time in one or the other.
            case LeaseTimeToLiveResponse.Builder life -> {
                List<ByteString> keys = new ArrayList<>(life.getKeysList());
                keys.sort(ByteString.unsignedLexicographicalComparator());
                yield life.clearKeys().addAllKeys(keys).build();
            }
            case LeaseLeasesResponse.Builder leases -> {
                List<LeaseStatus> all = new ArrayList<>(leases.getLeasesList());
                all.sort(Comparator.comparing(LeaseStatus::getID));
                yield leases.clearLeases().addAllLeases(all).build();
            }
            case TxnResponse.Builder txn -> withoutOrder(txn, (TxnResponse) answer);
            default -> builder.build();
        };
    }

    /// Of etcd's answers inside a transaction, only the revision is set in the header: as in ours.
    private static Message withoutOrder(TxnResponse.Builder builder, TxnResponse txn) {
        for (ResponseOp op : txn.getResponsesList()) {
            assertThat(op.getResponseCase()).isNotEqualTo(ResponseOp.ResponseCase.RESPONSE_NOT_SET);
        }
        return builder.build();
    }
}
