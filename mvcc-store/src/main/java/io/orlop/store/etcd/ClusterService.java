package io.orlop.store.etcd;

import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
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
                .addMembers(self())
                .build());
        client.onCompleted();
    }

    private Member self() {
        return Member.newBuilder()
                .setID(identity.member())
                .setName(name)
                .addAllPeerURLs(identity.peerUrls())
                .addAllClientURLs(clientUrls.get())
                .build();
    }

    /// Another member could never start: etcd's words for a cluster that may not change now.
    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> client) {
        if (!PeerUrls.valid(request.getPeerURLsList())) {
            refuse(Denial.MEMBER_BAD_URLS, client);
        } else if (identity.peerUrls().stream().anyMatch(request.getPeerURLsList()::contains)) {
            refuse(Denial.PEER_URL_EXISTS, client);
        } else {
            refuse(Denial.MEMBERS_NOT_STARTED, client);
        }
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> client) {
        refuse(isSelf(request.getID()) ? Denial.MEMBERS_NOT_STARTED : Denial.MEMBER_NOT_FOUND, client);
    }

    /// To change nothing is no change.
    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> client) {
        if (!isSelf(request.getID())) {
            refuse(Denial.MEMBER_NOT_FOUND, client);
        } else if (!request.getPeerURLsList().equals(identity.peerUrls())) {
            refuse(Denial.MEMBERS_NOT_STARTED, client);
        } else {
            client.onNext(MemberUpdateResponse.newBuilder()
                    .setHeader(identity.header(0))
                    .addMembers(self())
                    .build());
            client.onCompleted();
        }
    }

    @Override
    public void memberPromote(MemberPromoteRequest request, StreamObserver<MemberPromoteResponse> client) {
        refuse(isSelf(request.getID()) ? Denial.MEMBER_NOT_LEARNER : Denial.MEMBER_NOT_FOUND, client);
    }

    private boolean isSelf(long id) {
        return id == identity.member();
    }

    private static void refuse(Denial denial, StreamObserver<?> client) {
        client.onError(Denials.status(denial));
    }
}
