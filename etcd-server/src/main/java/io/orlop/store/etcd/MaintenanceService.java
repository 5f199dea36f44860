package io.orlop.store.etcd;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.KeyHash;
import io.orlop.store.api.Verification;
import io.orlop.store.backup.Snapshot;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.measure.Tally;
import io.orlop.store.proto.etcdserverpb.AlarmMember;
import io.orlop.store.proto.etcdserverpb.AlarmRequest;
import io.orlop.store.proto.etcdserverpb.AlarmResponse;
import io.orlop.store.proto.etcdserverpb.AlarmType;
import io.orlop.store.proto.etcdserverpb.DefragmentRequest;
import io.orlop.store.proto.etcdserverpb.DefragmentResponse;
import io.orlop.store.proto.etcdserverpb.DowngradeRequest;
import io.orlop.store.proto.etcdserverpb.DowngradeResponse;
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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// How the store is.
final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    static final String STORAGE_VERSION = "3.6.0";
    private static final System.Logger LOGGER = System.getLogger(MaintenanceService.class.getName());

    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;
    private final Executor longReads;
    private final Downgrades downgrades = new Downgrades();

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
                .setDbSizeInUse(store.bytesInUse())
                .setLeader(identity.member())
                .setRaftIndex(store.sequence())
                .setRaftAppliedIndex(store.sequence())
                .setRaftTerm(Identity.TERM)
                .setDbSizeQuota(store.options().quotaBytes())
                .setDowngradeInfo(downgrades.info());
        for (Alarm alarm : store.maintenance().alarms()) {
            AlarmMember member = member(alarm);
            // As Go prints it, the space at the end included.
            status.addErrors(
                    "memberID:" + Long.toUnsignedString(member.getMemberID()) + " alarm:" + member.getAlarm() + " ");
        }
        Throwable failure = store.failure();
        if (failure != null) status.addErrors("read-only since the disk failed: " + failure);
        client.onNext(status.build());
        client.onCompleted();
    }

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
        Answer.send(alarms(request), client, alarms -> AlarmResponse.newBuilder()
                .setHeader(identity.header(store.revision()))
                .addAllAlarms(alarms.stream().map(this::member).toList())
                .build());
    }

    /// Whoever wants all switched off asks for all first.
    private CompletableFuture<List<Alarm>> alarms(AlarmRequest request) {
        AlarmType type = request.getAlarm();
        if (request.getAction() == AlarmRequest.AlarmAction.GET) {
            return CompletableFuture.completedFuture(store.maintenance().alarms().stream()
                    .filter(alarm -> type == AlarmType.NONE || member(alarm).getAlarm() == type)
                    .toList());
        }
        if (request.getAction() == AlarmRequest.AlarmAction.UNRECOGNIZED
                || type == AlarmType.NONE
                || type == AlarmType.UNRECOGNIZED) {
            return CompletableFuture.completedFuture(List.of());
        }
        Alarm.Kind kind = type == AlarmType.NOSPACE ? Alarm.Kind.NO_SPACE : Alarm.Kind.CORRUPT;
        // One that a real etcd switched on before us is under the number that we have now.
        Alarm inherited = new Alarm(request.getMemberID(), kind);
        boolean isOurs = request.getMemberID() == identity.member()
                && !store.maintenance().alarms().contains(inherited);
        Alarm alarm = isOurs ? new Alarm(0, kind) : inherited;
        return store.maintenance().switchAlarm(alarm, request.getAction() == AlarmRequest.AlarmAction.ACTIVATE);
    }

    private AlarmMember member(Alarm alarm) {
        return AlarmMember.newBuilder()
                .setMemberID(alarm.member() == 0 ? identity.member() : alarm.member())
                .setAlarm(Encoding.alarm(alarm.kind()))
                .build();
    }

    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> client) {
        try {
            downgrades.apply(request);
            client.onNext(DowngradeResponse.newBuilder()
                    .setHeader(identity.header(store.revision()))
                    .setVersion(Downgrades.CLUSTER_VERSION)
                    .build());
            client.onCompleted();
        } catch (RuntimeException refused) {
            client.onError(Denials.status(refused));
        }
    }

    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> client) {
        Tally tally = store.tally();
        tally.add(Tally.Count.DEFRAGMENTING, 1);
        long start = System.nanoTime();
        Answer.send(
                store.defragment().whenComplete((_, _) -> {
                    tally.add(Tally.Count.DEFRAGMENTING, -1);
                    tally.defragmentationSeconds.add(secondsSince(start));
                }),
                client,
                _ -> DefragmentResponse.getDefaultInstance());
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> client) {
        longRead(client, () -> {
            long start = System.nanoTime();
            KeyHash hashed = store.maintenance().hashKeys(request.getRevision());
            store.tally().keyHashSeconds.add(secondsSince(start));
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
            long start = System.nanoTime();
            Verification verification = store.maintenance().verify();
            if (!verification.isWell()) {
                LOGGER.log(System.Logger.Level.ERROR, "damaged: {0}", String.join("; ", verification.findings()));
                throw new DeniedException(Denial.CORRUPT);
            }
            KeyHash hashed = store.maintenance().hashKeys(0);
            store.tally().hashSeconds.add(secondsSince(start));
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
            long start = System.nanoTime();
            long after = request.getAfterRevision();
            try (Snapshot snapshot =
                    after == 0 ? Snapshot.of(store.maintenance()) : Snapshot.since(after, store.maintenance())) {
                new SnapshotCall(paced, identity.header(store.revision()), snapshot.size()).send(snapshot);
                store.tally().snapshotSeconds.add(secondsSince(start));
            }
        });
    }

    private static double secondsSince(long startNanos) {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private interface Read {
        void answer() throws IOException;
    }

    private void longRead(StreamObserver<?> client, Read read) {
        longReads.execute(() -> {
            try {
                read.answer();
                client.onCompleted();
            } catch (IOException | RuntimeException | OutOfMemoryError e) {
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
