package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.ResponseHeader;
import io.orlop.store.proto.etcdserverpb.ResponseOp;
import io.orlop.store.proto.etcdserverpb.TxnResponse;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real etcd is the oracle: the same random requests to both, every answer compared, refusals by code and text.
class DifferentialTest {
    private static final int OPERATIONS =
            Integer.getInteger("orlop.operations", 1500 * Integer.getInteger("orlop.longer", 1));

    @TempDir
    Path directory;

    @Test
    void answersAsEtcdDoes() throws Exception {
        try (RealEtcd etcd = RealEtcd.startEmpty();
                MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            ManagedChannel real = channel(etcd.authority());
            ManagedChannel ours = channel("127.0.0.1:" + server.port());
            try {
                compare(real, ours);
                raiseShortLives(real, ours);
            } finally {
                real.shutdownNow();
                ours.shutdownNow();
            }
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

    private static ManagedChannel channel(String authority) {
        return NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .maxInboundMessageSize(64 << 20)
                .build();
    }

    private static void compare(Channel real, Channel ours) {
        RandomRequests requests = new RandomRequests(42);
        for (int i = 0; i < OPERATIONS; i++) {
            Function<Channel, Message> request = requests.any();
            Object expected = answer(request, real);
            Object actual = answer(request, ours);
            assertThat(actual).as("operation " + i + ": " + requests.last()).isEqualTo(expected);
            compareHashes(requests, real, ours, i);
        }
        RangeRequest everything = RangeRequest.newBuilder()
                .setKey(ByteString.copyFrom(new byte[1]))
                .setRangeEnd(ByteString.copyFrom(new byte[1]))
                .build();
        assertThat(KVGrpc.newBlockingStub(ours).range(everything).getKvsList())
                .isEqualTo(KVGrpc.newBlockingStub(real).range(everything).getKvsList());
    }

    /// Now, and at some revision. Before 3.5 etcd refuses to hash at the compacted revision itself, and gives no
    /// hash_revision.
    private static void compareHashes(RandomRequests requests, Channel real, Channel ours, int i) {
        long compacted = MaintenanceGrpc.newBlockingStub(ours)
                .hashKV(HashKVRequest.getDefaultInstance())
                .getCompactRevision();
        for (long revision : new long[] {0, requests.anyRevision(i)}) {
            if (revision != 0 && revision == compacted) continue;
            HashKVRequest request =
                    HashKVRequest.newBuilder().setRevision(revision).build();
            assertThat(answer(hash(request), ours))
                    .as("the hash at " + revision + " after operation " + i + ": " + requests.last())
                    .isEqualTo(answer(hash(request), real));
        }
    }

    private static Function<Channel, Message> hash(HashKVRequest request) {
        return channel -> MaintenanceGrpc.newBlockingStub(channel).hashKV(request).toBuilder()
                .clearHashRevision()
                .build();
    }

    private static Object answer(Function<Channel, Message> request, Channel channel) {
        try {
            Message answer = request.apply(channel);
            return withoutIdentity(answer).toString();
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode() + " " + refused.getStatus().getDescription();
        }
    }

    /// Member, term and time left are each one's own; the revision is not.
    private static Message withoutIdentity(Message answer) {
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
        return answer instanceof TxnResponse txn ? withoutOrder((TxnResponse.Builder) builder, txn) : builder.build();
    }

    /// Of etcd's answers inside a transaction, only the revision is set in the header: as in ours.
    private static Message withoutOrder(TxnResponse.Builder builder, TxnResponse txn) {
        for (ResponseOp op : txn.getResponsesList()) {
            assertThat(op.getResponseCase()).isNotEqualTo(ResponseOp.ResponseCase.RESPONSE_NOT_SET);
        }
        return builder.build();
    }
}
