package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import io.grpc.stub.StreamObserver;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.stubs.mayastor.v1.CreatePoolRequest;
import io.orlop.stubs.mayastor.v1.DestroyPoolRequest;
import io.orlop.stubs.mayastor.v1.ImportPoolRequest;
import io.orlop.stubs.mayastor.v1.ListPoolOptions;
import io.orlop.stubs.mayastor.v1.ListPoolsResponse;
import io.orlop.stubs.mayastor.v1.Pool;
import io.orlop.stubs.mayastor.v1.PoolRpcGrpc;
import io.orlop.stubs.mayastor.v1.PoolType;
import io.orlop.wire.agent.Agent;

final class PoolService extends PoolRpcGrpc.PoolRpcImplBase {
    private final Agent agent;

    PoolService(Agent agent) {
        this.agent = agent;
    }

    @Override
    public void createPool(CreatePoolRequest request, StreamObserver<Pool> caller) {
        Answer.to(caller, () -> {
            onlyLvs(request.getPooltype());
            return PoolCodec.proto(agent.createPool(RequestCodec.create(request)));
        });
    }

    @Override
    public void importPool(ImportPoolRequest request, StreamObserver<Pool> caller) {
        Answer.to(caller, () -> {
            onlyLvs(request.getPooltype());
            return PoolCodec.proto(agent.importPool(RequestCodec.importing(request)));
        });
    }

    @Override
    public void destroyPool(DestroyPoolRequest request, StreamObserver<Empty> caller) {
        Answer.done(caller, () -> {
            PoolId pool = new PoolId(request.getName());
            if (request.hasUuid()) sameUuid(pool, request.getUuid());
            agent.destroyPool(pool);
        });
    }

    @Override
    public void listPools(ListPoolOptions request, StreamObserver<ListPoolsResponse> caller) {
        Answer.to(caller, () -> ListPoolsResponse.newBuilder()
                .addAllPools(agent.pools().stream()
                        .map(PoolCodec::proto)
                        .filter(pool -> Wanted.by(request.hasName(), request.getName(), pool.getName()))
                        .filter(pool -> Wanted.by(request.hasUuid(), request.getUuid(), pool.getUuid()))
                        .filter(pool ->
                                !request.hasPooltype() || request.getPooltype().getValue() == pool.getPooltype())
                        .toList())
                .build());
    }

    private void sameUuid(PoolId pool, StringValue uuid) {
        PoolUuid wanted = PoolUuid.of(uuid.getValue());
        for (PoolState loaded : agent.pools()) {
            if (loaded.id().equals(pool) && !loaded.uuid().equals(wanted)) {
                throw new Refusal.Invalid(
                                "pool %s has uuid %s and not %s".formatted(pool, loaded.uuid(), wanted),
                                "name the pool that is meant")
                        .exception();
            }
        }
    }

    private static void onlyLvs(PoolType type) {
        if (type != PoolType.Lvs) {
            throw new Refusal.Invalid("pools of type %s are not supported".formatted(type), "use Lvs").exception();
        }
    }
}
