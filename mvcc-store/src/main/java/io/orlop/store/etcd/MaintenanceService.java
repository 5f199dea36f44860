package io.orlop.store.etcd;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmResponse;
import io.orlop.store.proto.etcdserverpb.DefragmentRequest;
import io.orlop.store.proto.etcdserverpb.DefragmentResponse;
import io.orlop.store.proto.etcdserverpb.MaintenanceGrpc;
import io.orlop.store.proto.etcdserverpb.MoveLeaderRequest;
import io.orlop.store.proto.etcdserverpb.MoveLeaderResponse;
import io.orlop.store.proto.etcdserverpb.StatusRequest;
import io.orlop.store.proto.etcdserverpb.StatusResponse;

/// How the store is.
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    private final MvccStore store;
    private final Identity identity;

    MaintenanceService(MvccStore store, Identity identity) {
        this.store = store;
        this.identity = identity;
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> client) {
        StatusResponse.Builder status = StatusResponse.newBuilder()
                .setHeader(identity.header(store.revision()))
                .setVersion(EtcdServer.VERSION)
                .setStorageVersion("3.6.0")
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
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> client) {
        if (request.getTargetID() != identity.member()) {
            client.onError(Status.FAILED_PRECONDITION
                    .withDescription("etcdserver: bad leader transferee")
                    .asRuntimeException());
            return;
        }
        client.onNext(MoveLeaderResponse.getDefaultInstance());
        client.onCompleted();
    }
}
