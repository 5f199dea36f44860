package io.orlop.store.etcd;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.Verification;
import io.orlop.store.backup.Snapshot;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmResponse;
import io.orlop.store.proto.etcdserverpb.DefragmentRequest;
import io.orlop.store.proto.etcdserverpb.DefragmentResponse;
import io.orlop.store.proto.etcdserverpb.HashKVRequest;
import io.orlop.store.proto.etcdserverpb.HashKVResponse;
import io.orlop.store.proto.etcdserverpb.HashRequest;
import io.orlop.store.proto.etcdserverpb.HashResponse;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.MoveLeaderRequest;
import io.orlop.store.proto.etcdserverpb.MoveLeaderResponse;
import io.orlop.store.proto.etcdserverpb.SnapshotRequest;
import io.orlop.store.proto.etcdserverpb.SnapshotResponse;
import io.orlop.store.proto.etcdserverpb.StatusRequest;
import io.orlop.store.proto.etcdserverpb.StatusResponse;
import java.io.IOException;
import java.util.concurrent.Executor;

/// How the store is.
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    static final String STORAGE_VERSION = "3.6.0";

    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;
    private final Executor longReads;

    MaintenanceService(MvccStore store, Identity identity, Callers callers, Executor longReads) {
        this.store = store;
        this.identity = identity;
        this.callers = callers;
        this.longReads = longReads;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> client) {
        StatusResponse.Builder status = StatusResponse.newBuilder()
                .setHeader(identity.header(store.revision()))
                .setVersion(EtcdServer.VERSION)
                .setStorageVersion(STORAGE_VERSION)
                .setDbSize(store.bytesOnDisk())
                .setDbSizeInUse(store.bytesOnDisk())
                .setLeader(identity.member())
                .setRaftIndex(store.sequence())
                .setRaftAppliedIndex(store.sequence())
                .setRaftTerm(Identity.TERM);
        Throwable failure = store.failure();
        if (failure != null) status.addErrors("read-only since the disk failed: " + failure);
        client.onNext(status.build());
        client.onCompleted();
    }

    /// There are no alarms yet, and so none to switch.
    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> client) {
        // Any user may ask; to switch one concerns all.
        if (request.getAction() != AlarmRequest.AlarmAction.GET) {
            try {
                callers.rights().requireRoot();
            } catch (DeniedException denied) {
                client.onError(Denials.status(denied.denial()));
                return;
            }
        }
        client.onNext(AlarmResponse.newBuilder()
                .setHeader(identity.header(store.revision()))
                .build());
        client.onCompleted();
    }

    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> client) {
        Answer.send(store.defragment(), client, _ -> DefragmentResponse.getDefaultInstance());
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> client) {
        longRead(client, () -> {
            KeyHash hashed = store.maintenance().hashKeys(request.getRevision());
            client.onNext(HashKVResponse.newBuilder()
                    .setHeader(identity.header(hashed.revision()))
                    .setHash(hashed.hash())
                    .setCompactRevision(hashed.compacted())
                    .setHashRevision(hashed.at())
                    .build());
        });
    }

    /// Of all that etcd hashes here, the members and the state of its consensus are not to be compared with anything;
    /// what is left are the keys. Before it answers, everything is read back and held against the index.
    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> client) {
        longRead(client, () -> {
            Verification verification = store.maintenance().verify();
            if (!verification.isWell()) {
                throw Status.DATA_LOSS
                        .withDescription("etcdserver: corrupt cluster: " + String.join("; ", verification.findings()))
                        .asRuntimeException();
            }
            KeyHash hashed = store.maintenance().hashKeys(0);
            client.onNext(HashResponse.newBuilder()
                    .setHeader(identity.header(hashed.revision()))
                    .setHash(hashed.hash())
                    .build());
        });
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> client) {
        Paced<SnapshotResponse> paced = new Paced<>((ServerCallStreamObserver<SnapshotResponse>) client);
        longRead(client, () -> {
            long after = request.getAfterRevision();
            try (Snapshot snapshot = after == 0
                    ? store.maintenance().snapshot()
                    : store.maintenance().changesSince(after)) {
                new SnapshotCall(paced, identity.header(store.revision()), snapshot.size()).send(snapshot);
            }
        });
    }

    private interface Read {
        void answer() throws IOException;
    }

    private void longRead(StreamObserver<?> client, Read read) {
        longReads.execute(() -> {
            try {
                read.answer();
                client.onCompleted();
            } catch (IOException | RuntimeException e) {
                client.onError(Denials.status(e));
            }
        });
    }

    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> client) {
        if (request.getTargetID() != identity.member()) {
            client.onError(Denials.status(Denial.BAD_LEADER_TRANSFEREE));
            return;
        }
        client.onNext(MoveLeaderResponse.getDefaultInstance());
        client.onCompleted();
    }
}
