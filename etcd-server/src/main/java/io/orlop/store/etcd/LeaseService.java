package io.orlop.store.etcd;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Octets;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.lease.LeaseView;
import io.orlop.store.proto.etcdserverpb.LeaseGrantRequest;
import io.orlop.store.proto.etcdserverpb.LeaseGrantResponse;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesRequest;
import io.orlop.store.proto.etcdserverpb.LeaseLeasesResponse;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeRequest;
import io.orlop.store.proto.etcdserverpb.LeaseRevokeResponse;
import io.orlop.store.proto.etcdserverpb.LeaseStatus;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseTimeToLiveResponse;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// Leases over the wire.
final class LeaseService extends LeaseGrpc.LeaseImplBase {
    /// So many keep-alives of one stream may wait for the writer.
    private static final int UNANSWERED_MAX = 256;

    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;

    LeaseService(MvccStore store, Identity identity, Callers callers) {
        this.store = store;
        this.identity = identity;
        this.callers = callers;
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> client) {
        Answer.send(
                store.grantLease(request.getID(), request.getTTL()), client, lease -> LeaseGrantResponse.newBuilder()
                        .setHeader(identity.header(store.revision()))
                        .setID(lease.id())
                        .setTTL(lease.ttlSeconds())
                        .build());
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> client) {
        Answer.send(
                store.revokeLease(request.getID(), callers.current()),
                client,
                revision -> LeaseRevokeResponse.newBuilder()
                        .setHeader(identity.header(revision))
                        .build());
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> client) {
        Credentials shown = Credentials.current();
        ServerCallStreamObserver<LeaseKeepAliveResponse> call =
                (ServerCallStreamObserver<LeaseKeepAliveResponse>) client;
        KeepAlives answers = new KeepAlives(call);
        call.disableAutoRequest();
        call.request(UNANSWERED_MAX);
        return new StreamObserver<>() {
            @Override
            public void onNext(LeaseKeepAliveRequest request) {
                // Read before the renewal: an answer must not carry a revision at which the lease may be gone.
                long revision = store.revision();
                store.renewLease(request.getID(), callers.of(shown)).whenComplete((seconds, denied) -> {
                    if (denied != null) {
                        answers.fail(denied);
                        return;
                    }
                    answers.send(LeaseKeepAliveResponse.newBuilder()
                            .setHeader(identity.header(revision))
                            .setID(request.getID())
                            .setTTL(seconds)
                            .build());
                    call.request(1);
                });
            }

            @Override
            public void onError(Throwable gone) {
                answers.end();
            }

            @Override
            public void onCompleted() {
                // The queue of the writer is in order: what was asked before is answered before.
                store.renewLease(0).whenComplete((_, _) -> answers.complete());
            }
        };
    }

    /// Answers may come from the writer while the client goes away.
    private static final class KeepAlives {
        private final ServerCallStreamObserver<LeaseKeepAliveResponse> client;
        private final ReentrantLock lock = new ReentrantLock();
        private boolean ended;

        KeepAlives(ServerCallStreamObserver<LeaseKeepAliveResponse> client) {
            this.client = client;
            client.setOnCancelHandler(this::end);
        }

        void send(LeaseKeepAliveResponse answer) {
            unlessEnded(() -> client.onNext(answer));
        }

        void fail(Throwable denied) {
            unlessEnded(() -> {
                ended = true;
                client.onError(Denials.status(denied));
            });
        }

        void complete() {
            unlessEnded(() -> {
                ended = true;
                client.onCompleted();
            });
        }

        void end() {
            unlessEnded(() -> ended = true);
        }

        private void unlessEnded(Runnable action) {
            lock.lock();
            try {
                if (!ended) action.run();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> client) {
        Answer.send(
                store.lease(request.getID(), request.getKeys(), callers.current()),
                client,
                found -> timeToLive(request.getID(), found));
    }

    private LeaseTimeToLiveResponse timeToLive(long id, List<LeaseView> found) {
        LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(identity.header(store.revision()))
                .setID(id);
        if (found.isEmpty()) return response.setTTL(-1).build();
        LeaseView lease = found.getFirst();
        response.setTTL(lease.remainingSeconds()).setGrantedTTL(lease.ttlSeconds());
        for (Octets key : lease.keys()) response.addKeys(Encoding.bytes(key));
        return response.build();
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> client) {
        Answer.send(store.leases(callers.current()), client, ids -> {
            LeaseLeasesResponse.Builder response =
                    LeaseLeasesResponse.newBuilder().setHeader(identity.header(store.revision()));
            for (long id : ids) response.addLeases(LeaseStatus.newBuilder().setID(id));
            return response.build();
        });
    }
}
