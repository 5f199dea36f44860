package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.stub.StreamObserver;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.stubs.mayastor.v1.CreateReplicaRequest;
import io.orlop.stubs.mayastor.v1.DestroyReplicaRequest;
import io.orlop.stubs.mayastor.v1.ListReplicaOptions;
import io.orlop.stubs.mayastor.v1.ListReplicasResponse;
import io.orlop.stubs.mayastor.v1.Replica;
import io.orlop.stubs.mayastor.v1.ReplicaRpcGrpc;
import io.orlop.stubs.mayastor.v1.ShareReplicaRequest;
import io.orlop.stubs.mayastor.v1.UnshareReplicaRequest;
import io.orlop.wire.agent.Agent;
import java.util.Optional;

final class ReplicaService extends ReplicaRpcGrpc.ReplicaRpcImplBase {
    private final Agent agent;

    ReplicaService(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void createReplica(CreateReplicaRequest request, StreamObserver<Replica> caller) {
        Answer.to(caller, () -> {
            ShareProtocol share = ShareCodec.share(request.getShare());
            if (share == ShareProtocol.ISCSI) throw notOffered(share).exception();
            PoolId pool = poolOf(request.getPooluuid());
            return ReplicaCodec.proto(agent.createReplica(RequestCodec.create(request, pool, Headers.HOSTS.said())));
        });
    }

    /// Without a pool in the request nobody can say that the right one was looked into.
    @Override
    public void destroyReplica(DestroyReplicaRequest request, StreamObserver<Empty> caller) {
        Answer.done(caller, () -> {
            ReplicaId replica = ReplicaId.of(request.getUuid());
            switch (request.getPoolCase()) {
                case POOL_NAME -> destroy(replica, new PoolId(request.getPoolName()));
                case POOL_UUID -> destroy(replica, poolOf(request.getPoolUuid()));
                case POOL_NOT_SET -> agent.destroyReplica(replica, whereverItIs(replica));
            }
        });
    }

    @Override
    public void listReplicas(ListReplicaOptions request, StreamObserver<ListReplicasResponse> caller) {
        Answer.to(caller, () -> ListReplicasResponse.newBuilder()
                .addAllReplicas(agent.replicas().stream()
                        .map(ReplicaCodec::proto)
                        .filter(replica -> Wanted.by(request.hasName(), request.getName(), replica.getName()))
                        .filter(replica -> Wanted.by(request.hasUuid(), request.getUuid(), replica.getUuid()))
                        .filter(replica ->
                                Wanted.by(request.hasPoolname(), request.getPoolname(), replica.getPoolname()))
                        .filter(replica ->
                                Wanted.by(request.hasPooluuid(), request.getPooluuid(), replica.getPooluuid()))
                        .filter(replica -> !request.hasQuery() || kindWanted(request.getQuery(), replica))
                        .filter(replica -> request.getPooltypesCount() == 0
                                || request.getPooltypesList().contains(replica.getPooltype()))
                        .toList())
                .build());
    }

    @Override
    public void shareReplica(ShareReplicaRequest request, StreamObserver<Replica> caller) {
        Answer.to(caller, () -> {
            ShareProtocol share = ShareCodec.share(request.getShare());
            if (share != ShareProtocol.NVMF) throw notOffered(share).exception();
            return ReplicaCodec.proto(agent.shareReplica(
                    ReplicaId.of(request.getUuid()),
                    HostsCodec.hosts(request.getAllowedHostsList(), Headers.HOSTS.said())));
        });
    }

    @Override
    public void unshareReplica(UnshareReplicaRequest request, StreamObserver<Replica> caller) {
        Answer.to(caller, () -> ReplicaCodec.proto(agent.unshareReplica(ReplicaId.of(request.getUuid()))));
    }

    private void destroy(ReplicaId replica, PoolId pool) {
        try {
            agent.destroyReplica(replica, pool);
        } catch (RefusalException refused) {
            if (refused.refusal() instanceof Refusal.NotFound gone) throw ReplicaGone.exception(gone);
            throw refused;
        }
    }

    private PoolId whereverItIs(ReplicaId replica) {
        return agent.replicas().stream()
                .filter(present -> present.uuid().equals(replica))
                .map(ReplicaState::pool)
                .findFirst()
                .orElseThrow(() -> new Refusal.NotFound(
                                "replica %s is in no pool of this node".formatted(replica),
                                "name its pool, or list the replicas")
                        .exception());
    }

    /// The field takes a pool's uuid or its name.
    private PoolId poolOf(String nameOrUuid) {
        Optional<PoolId> byUuid = agent.pools().stream()
                .filter(pool -> pool.uuid().toString().equalsIgnoreCase(nameOrUuid))
                .map(PoolState::id)
                .findFirst();
        return byUuid.orElseGet(() -> agent.pools().stream()
                .map(PoolState::id)
                .filter(pool -> pool.name().equals(nameOrUuid))
                .findFirst()
                .orElseThrow(() -> new Refusal.FailedPrecondition(
                                "pool '%s' is not loaded on this node".formatted(nameOrUuid),
                                "import it, or name another")
                        .exception()));
    }

    private static boolean kindWanted(ListReplicaOptions.Query query, Replica replica) {
        if (replica.getIsSnapshot()) return query.getSnapshot();
        return replica.getIsClone() ? query.getClone() : query.getReplica();
    }

    private static Refusal notOffered(ShareProtocol share) {
        return new Refusal.Invalid("a replica cannot be shared by %s".formatted(share), "share it by NVMF");
    }
}
