package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.grpc.stub.ClientCalls;
import io.orlop.etcd.RealEtcd;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.ClusterGrpc;
import io.orlop.store.proto.etcdserverpb.ClusterGrpc.ClusterBlockingStub;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.Compare;
import io.orlop.store.proto.etcdserverpb.DeleteRangeRequest;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.KVGrpc.KVBlockingStub;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc.LeaseBlockingStub;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.MemberAddRequest;
import io.orlop.store.proto.etcdserverpb.MemberListRequest;
import io.orlop.store.proto.etcdserverpb.MemberPromoteRequest;
import io.orlop.store.proto.etcdserverpb.MemberRemoveRequest;
import io.orlop.store.proto.etcdserverpb.MemberUpdateRequest;
import io.orlop.store.proto.etcdserverpb.MoveLeaderRequest;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RequestOp;
import io.orlop.store.proto.etcdserverpb.TxnRequest;
import io.orlop.store.proto.v3electionpb.ElectionGrpc;
import io.orlop.store.proto.v3electionpb.LeaderKey;
import io.orlop.store.proto.v3electionpb.LeaderRequest;
import io.orlop.store.proto.v3electionpb.ProclaimRequest;
import io.orlop.store.proto.v3electionpb.ResignRequest;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One request for each way to be refused, to a real etcd and to the store.
class RefusalsTest {
    private static final ByteString KEY = ByteString.copyFromUtf8("k");
    private static final long NOBODYS = 4711;

    @TempDir
    Path directory;

    private final Map<String, Consumer<Channel>> requests = new LinkedHashMap<>();

    @Test
    void refusesInTheWordsOfEtcd() throws Exception {
        aboutKeys();
        aboutTransactions();
        aboutLeases();
        aboutMembers();
        aboutLeaders();
        aboutMethods();
        try (RealEtcd etcd = RealEtcd.startEmpty();
                MvccStore store = MvccStore.open(directory, StoreOptions.defaults());
                EtcdServer server =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            Map<String, String> expected = answers(etcd.authority());
            Map<String, String> actual = answers("127.0.0.1:" + server.port());
            expected.forEach(
                    (name, answer) -> assertThat(actual.get(name)).as(name).isEqualTo(answer));
            assertThat(expected.values()).as("all are refused").doesNotContain("OK");
        }
    }

    private Map<String, String> answers(String authority) {
        ManagedChannel channel = NettyChannelBuilder.forTarget("dns:///" + authority)
                .usePlaintext()
                .build();
        try {
            prepare(channel);
            Map<String, String> answers = new LinkedHashMap<>();
            requests.forEach((name, request) -> answers.put(name, answer(channel, request)));
            return answers;
        } finally {
            channel.shutdownNow();
        }
    }

    private static String answer(Channel channel, Consumer<Channel> request) {
        try {
            request.accept(channel);
            return "OK";
        } catch (StatusRuntimeException refused) {
            return refused.getStatus().getCode() + ": " + refused.getStatus().getDescription();
        }
    }

    /// Revision 4, compacted at 3, and a lease.
    private static void prepare(Channel channel) {
        for (int i = 0; i < 3; i++) kv(channel).put(put().build());
        kv(channel).compact(CompactionRequest.newBuilder().setRevision(3).build());
        lease(channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build());
    }

    private static KVBlockingStub kv(Channel channel) {
        return KVGrpc.newBlockingStub(channel);
    }

    private static LeaseBlockingStub lease(Channel channel) {
        return LeaseGrpc.newBlockingStub(channel);
    }

    private static ClusterBlockingStub cluster(Channel channel) {
        return ClusterGrpc.newBlockingStub(channel);
    }

    private static PutRequest.Builder put() {
        return PutRequest.newBuilder().setKey(KEY).setValue(KEY);
    }

    private void put(String name, PutRequest.Builder put) {
        requests.put(name, channel -> kv(channel).put(put.build()));
    }

    private void range(String name, RangeRequest.Builder range) {
        requests.put(name, channel -> kv(channel).range(range.build()));
    }

    private void compaction(String name, long revision) {
        CompactionRequest compaction =
                CompactionRequest.newBuilder().setRevision(revision).build();
        requests.put(name, channel -> kv(channel).compact(compaction));
    }

    private void txn(String name, TxnRequest.Builder txn) {
        requests.put(name, channel -> kv(channel).txn(txn.build()));
    }

    private void aboutKeys() {
        put("a put without a key", put().clearKey());
        put("a value that is to be kept", put().setIgnoreValue(true));
        put("a lease that is to be kept", put().setIgnoreLease(true).setLease(7));
        put(
                "a value of no key to be kept",
                put().setKey(KEY.concat(KEY)).clearValue().setIgnoreValue(true));
        put("a lease of no key to be kept", put().setKey(KEY.concat(KEY)).setIgnoreLease(true));
        put("an unknown lease", put().setLease(NOBODYS));
        put("too large", put().setValue(ByteString.copyFrom(new byte[1_600_000])));
        range("a range without a key", RangeRequest.newBuilder());
        range("the future", RangeRequest.newBuilder().setKey(KEY).setRevision(1_000));
        range("the compacted past", RangeRequest.newBuilder().setKey(KEY).setRevision(1));
        requests.put("a deletion without a key", channel -> kv(channel)
                .deleteRange(DeleteRangeRequest.getDefaultInstance()));
        compaction("a compaction of the future", 1_000);
        compaction("a compaction of the compacted", 3);
        requests.put("a hash of the future", channel -> MaintenanceGrpc.newBlockingStub(channel)
                .hashKV(HashKVRequest.newBuilder().setRevision(1_000).build()));
        requests.put("a hash of the compacted", channel -> MaintenanceGrpc.newBlockingStub(channel)
                .hashKV(HashKVRequest.newBuilder().setRevision(2).build()));
    }

    private void aboutTransactions() {
        RequestOp putting = RequestOp.newBuilder().setRequestPut(put()).build();
        txn("a comparison without a key", TxnRequest.newBuilder().addCompare(Compare.getDefaultInstance()));
        txn("a step that is none", TxnRequest.newBuilder().addSuccess(RequestOp.getDefaultInstance()));
        txn("the same key twice", TxnRequest.newBuilder().addSuccess(putting).addSuccess(putting));
        txn(
                "a put that is deleted",
                TxnRequest.newBuilder()
                        .addFailure(putting)
                        .addFailure(RequestOp.newBuilder()
                                .setRequestDeleteRange(
                                        DeleteRangeRequest.newBuilder().setKey(KEY))));
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) many.addCompare(Compare.newBuilder().setKey(KEY));
        txn("too many comparisons", many);
        txn(
                "an unknown lease in a transaction",
                TxnRequest.newBuilder().addSuccess(RequestOp.newBuilder().setRequestPut(put().setLease(NOBODYS))));
        txn(
                "the future in a transaction",
                TxnRequest.newBuilder()
                        .addSuccess(RequestOp.newBuilder()
                                .setRequestRange(
                                        RangeRequest.newBuilder().setKey(KEY).setRevision(1_000))));
    }

    private void grant(String name, LeaseGrantRequest.Builder grant) {
        requests.put(name, channel -> lease(channel).leaseGrant(grant.build()));
    }

    private void aboutLeases() {
        grant("a lease that exists", LeaseGrantRequest.newBuilder().setID(7).setTTL(60));
        grant("a lease for ages", LeaseGrantRequest.newBuilder().setTTL(9_000_000_001L));
        LeaseRevokeRequest revoke =
                LeaseRevokeRequest.newBuilder().setID(NOBODYS).build();
        requests.put("the end of no lease", channel -> lease(channel).leaseRevoke(revoke));
    }

    private static long self(Channel channel) {
        return cluster(channel)
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembers(0)
                .getID();
    }

    private static String peerUrl(Channel channel) {
        return cluster(channel)
                .memberList(MemberListRequest.getDefaultInstance())
                .getMembers(0)
                .getPeerURLs(0);
    }

    private void aboutMembers() {
        requests.put("a member without an address", channel -> cluster(channel)
                .memberAdd(MemberAddRequest.getDefaultInstance()));
        requests.put("a member at no address", channel -> cluster(channel)
                .memberAdd(MemberAddRequest.newBuilder().addPeerURLs("nowhere").build()));
        requests.put("a member where one is", channel -> cluster(channel)
                .memberAdd(MemberAddRequest.newBuilder()
                        .addPeerURLs(peerUrl(channel))
                        .build()));
        requests.put("the removal of no member", channel -> cluster(channel)
                .memberRemove(MemberRemoveRequest.newBuilder().setID(NOBODYS).build()));
        requests.put("the removal of the last member", channel -> cluster(channel)
                .memberRemove(
                        MemberRemoveRequest.newBuilder().setID(self(channel)).build()));
        requests.put("another address for no member", channel -> cluster(channel)
                .memberUpdate(MemberUpdateRequest.newBuilder()
                        .setID(NOBODYS)
                        .addPeerURLs("http://127.0.0.1:1")
                        .build()));
        requests.put("the promotion of no member", channel -> cluster(channel)
                .memberPromote(MemberPromoteRequest.newBuilder().setID(NOBODYS).build()));
        requests.put("the promotion of a member", channel -> cluster(channel)
                .memberPromote(
                        MemberPromoteRequest.newBuilder().setID(self(channel)).build()));
        requests.put("the lead for no member", channel -> MaintenanceGrpc.newBlockingStub(channel)
                .moveLeader(MoveLeaderRequest.newBuilder().setTargetID(NOBODYS).build()));
    }

    private void aboutLeaders() {
        LeaderKey lost = LeaderKey.newBuilder()
                .setName(KEY)
                .setKey(ByteString.copyFromUtf8("k/7"))
                .setRev(2)
                .setLease(7)
                .build();
        requests.put("the leader of nothing", channel -> ElectionGrpc.newBlockingStub(channel)
                .leader(LeaderRequest.newBuilder().setName(KEY).build()));
        requests.put("a proclamation by nobody", channel -> ElectionGrpc.newBlockingStub(channel)
                .proclaim(ProclaimRequest.getDefaultInstance()));
        requests.put("a proclamation by who lost", channel -> ElectionGrpc.newBlockingStub(channel)
                .proclaim(ProclaimRequest.newBuilder().setLeader(lost).build()));
        requests.put("a resignation by nobody", channel -> ElectionGrpc.newBlockingStub(channel)
                .resign(ResignRequest.getDefaultInstance()));
    }

    private void unknown(String name, String method) {
        var range = RangeRequest.getDefaultInstance();
        var descriptor = MethodDescriptor.newBuilder(ProtoLiteUtils.marshaller(range), ProtoLiteUtils.marshaller(range))
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName(method)
                .build();
        requests.put(name, channel -> ClientCalls.blockingUnaryCall(channel, descriptor, CallOptions.DEFAULT, range));
    }

    private void aboutMethods() {
        unknown("a method that there is not", "etcdserverpb.KV/Guess");
        unknown("a service that there is not", "etcdserverpb.Oracle/Guess");
    }
}
