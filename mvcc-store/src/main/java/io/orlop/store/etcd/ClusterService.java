package io.orlop.store.etcd;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.orlop.store.proto.etcdserverpb.ClusterGrpc;
import io.orlop.store.proto.etcdserverpb.Member;
import io.orlop.store.proto.etcdserverpb.MemberAddRequest;
import io.orlop.store.proto.etcdserverpb.MemberAddResponse;
import io.orlop.store.proto.etcdserverpb.MemberListRequest;
import io.orlop.store.proto.etcdserverpb.MemberListResponse;
import io.orlop.store.proto.etcdserverpb.MemberPromoteRequest;
import io.orlop.store.proto.etcdserverpb.MemberPromoteResponse;
import io.orlop.store.proto.etcdserverpb.MemberRemoveRequest;
import io.orlop.store.proto.etcdserverpb.MemberRemoveResponse;
import io.orlop.store.proto.etcdserverpb.MemberUpdateRequest;
import io.orlop.store.proto.etcdserverpb.MemberUpdateResponse;
import java.util.List;
import java.util.function.Supplier;

/// A cluster of one, which stays one.
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final Identity identity;
    private final String name;
    private final Supplier<List<String>> clientUrls;

    ClusterService(Identity identity, String name, Supplier<List<String>> clientUrls) {
        this.identity = identity;
        this.name = name;
        this.clientUrls = clientUrls;
    }

    @Override
    public void memberList(MemberListRequest request, StreamObserver<MemberListResponse> client) {
        client.onNext(MemberListResponse.newBuilder()
                .setHeader(identity.header(0))
                .addMembers(Member.newBuilder()
                        .setID(identity.member())
                        .setName(name)
                        .addAllPeerURLs(identity.peerUrls())
                        .addAllClientURLs(clientUrls.get()))
                .build());
        client.onCompleted();
    }

    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> client) {
        refuse("add a member", client);
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> client) {
        refuse("remove a member", client);
    }

    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> client) {
        refuse("change a member", client);
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> client) {
        refuse("promote a member", client);
    }

    private static void refuse(String what, StreamObserver<?> client) {
        client.onError(Status.FAILED_PRECONDITION
                .withDescription("etcdserver: cannot " + what
                        + ": this store is a single node; where one is not enough, use an etcd cluster")
                .asRuntimeException());
    }
}
