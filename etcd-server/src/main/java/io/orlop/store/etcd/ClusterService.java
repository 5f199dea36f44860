package io.orlop.store.etcd;

import io.grpc.Status;
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
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/// A cluster of one, which stays one.
final class ClusterService extends ClusterGrpc.ClusterImplBase {
    private final Identity identity;
    private final String name;
    private final PeerUrls.Kept peerUrlsNow;
    private final Supplier<List<String>> clientUrls;

    ClusterService(Identity identity, String name, PeerUrls.Kept peerUrlsNow, Supplier<List<String>> clientUrls) {
        this.identity = identity;
        this.name = name;
        this.peerUrlsNow = peerUrlsNow;
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
                .addAllPeerURLs(peerUrls())
                .addAllClientURLs(clientUrls.get())
                .build();
    }

    private List<String> peerUrls() {
        List<String> changed = peerUrlsNow.urls();
        return changed.isEmpty() ? identity.peerUrls() : changed;
    }

    /// Another member could never start: etcd's words for a cluster that may not change now.
    @Override
    public void memberAdd(MemberAddRequest request, StreamObserver<MemberAddResponse> client) {
        if (!PeerUrls.valid(request.getPeerURLsList())) {
            refuse(Denial.MEMBER_BAD_URLS, client);
        } else if (peerUrls().stream().anyMatch(request.getPeerURLsList()::contains)) {
            refuse(Denial.PEER_URL_EXISTS, client);
        } else {
            refuse(Denial.MEMBERS_NOT_STARTED, client);
        }
    }

    @Override
    public void memberRemove(MemberRemoveRequest request, StreamObserver<MemberRemoveResponse> client) {
        refuse(isSelf(request.getID()) ? Denial.MEMBERS_NOT_STARTED : Denial.MEMBER_NOT_FOUND, client);
    }

    /// Where others would find this member matters to nobody but those who read the list; its ids stay.
    @Override
    public void memberUpdate(MemberUpdateRequest request, StreamObserver<MemberUpdateResponse> client) {
        List<String> urls = request.getPeerURLsList();
        if (!isSelf(request.getID())) {
            refuse(Denial.MEMBER_NOT_FOUND, client);
        } else if (!PeerUrls.valid(urls)) {
            refuse(Denial.MEMBER_BAD_URLS, client);
        } else {
            try {
                peerUrlsNow.keep(urls);
            } catch (IOException notKept) {
                client.onError(Status.UNAVAILABLE
                        .withDescription("the member's new addresses could not be kept: " + notKept)
                        .asRuntimeException());
                return;
            }
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
