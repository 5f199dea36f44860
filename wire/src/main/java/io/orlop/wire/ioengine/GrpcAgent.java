package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractBlockingStub;
import io.orlop.model.AllowedHost;
import io.orlop.model.BlockDevice;
import io.orlop.model.ChildAction;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.stubs.mayastor.v1.AddChildNexusRequest;
import io.orlop.stubs.mayastor.v1.ChildOperationRequest;
import io.orlop.stubs.mayastor.v1.DestroyNexusRequest;
import io.orlop.stubs.mayastor.v1.DestroyPoolRequest;
import io.orlop.stubs.mayastor.v1.DestroyReplicaRequest;
import io.orlop.stubs.mayastor.v1.HostRpcGrpc;
import io.orlop.stubs.mayastor.v1.ListBlockDevicesRequest;
import io.orlop.stubs.mayastor.v1.ListNexusOptions;
import io.orlop.stubs.mayastor.v1.ListPoolOptions;
import io.orlop.stubs.mayastor.v1.ListReplicaOptions;
import io.orlop.stubs.mayastor.v1.NexusRpcGrpc;
import io.orlop.stubs.mayastor.v1.PoolRpcGrpc;
import io.orlop.stubs.mayastor.v1.PublishNexusRequest;
import io.orlop.stubs.mayastor.v1.RebuildHistoryRequest;
import io.orlop.stubs.mayastor.v1.RemoveChildNexusRequest;
import io.orlop.stubs.mayastor.v1.ReplicaRpcGrpc;
import io.orlop.stubs.mayastor.v1.ShareReplicaRequest;
import io.orlop.stubs.mayastor.v1.ShutdownNexusRequest;
import io.orlop.stubs.mayastor.v1.UnpublishNexusRequest;
import io.orlop.stubs.mayastor.v1.UnshareReplicaRequest;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.agent.Term;
import io.orlop.wire.status.RefusalStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A node's agent over gRPC: ours, or Mayastor's io-engine.
public final class GrpcAgent implements Agent {
    /// How the engine says that a disk of a pool is not there; it has no status of its own for it.
    private static final String NO_SUCH_DISK = "Failed to create a BDEV";

    private final NodeId node;
    private final Optional<Term> term;
    private final Channel channel;

    public GrpcAgent(NodeId node, Channel channel) {
        this(node, Optional.empty(), channel);
    }

    /// @param term what its commands carry
    public GrpcAgent(NodeId node, Optional<Term> term, Channel channel) {
        this.node = node;
        this.term = term;
        this.channel = channel;
    }

    @Override
    public NodeRegistration info() {
        return ask(
                host(CallLimits.QUERY),
                stub -> RegistrationCodec.node(
                        stub.getMayastorInfo(Empty.getDefaultInstance()).getRegistrationInfo()));
    }

    @Override
    public List<BlockDevice> blockDevices(boolean all) {
        var request = ListBlockDevicesRequest.newBuilder().setAll(all).build();
        return ask(host(CallLimits.QUERY), stub -> stub.listBlockDevices(request).getDevicesList().stream()
                .map(BlockDeviceCodec::device)
                .toList());
    }

    @Override
    public List<PoolState> pools() {
        return ask(
                pools(CallLimits.QUERY),
                stub -> stub.listPools(ListPoolOptions.getDefaultInstance()).getPoolsList().stream()
                        .flatMap(pool -> understood(pool, each -> PoolCodec.state(node, each)))
                        .toList());
    }

    @Override
    public PoolState createPool(CreatePool request) {
        return withDisk(() -> command(
                pools(CallLimits.POOL), stub -> PoolCodec.state(node, stub.createPool(RequestCodec.create(request)))));
    }

    @Override
    public PoolState importPool(CreatePool request) {
        return withDisk(() -> command(
                pools(CallLimits.POOL_IMPORT),
                stub -> PoolCodec.state(node, stub.importPool(RequestCodec.importing(request)))));
    }

    @Override
    public void destroyPool(PoolId pool) {
        var request = DestroyPoolRequest.newBuilder().setName(pool.name()).build();
        command(pools(CallLimits.POOL), stub -> stub.destroyPool(request));
    }

    @Override
    public List<ReplicaState> replicas() {
        return ask(
                replicas(CallLimits.QUERY),
                stub -> stub.listReplicas(ListReplicaOptions.getDefaultInstance()).getReplicasList().stream()
                        .flatMap(replica -> understood(replica, each -> ReplicaCodec.state(node, each)))
                        .toList());
    }

    @Override
    public ReplicaState createReplica(CreateReplica request) {
        return command(
                replicas(CallLimits.REPLICA, request.hosts()),
                stub -> ReplicaCodec.state(node, stub.createReplica(RequestCodec.create(request))));
    }

    @Override
    public void destroyReplica(ReplicaId replica, PoolId pool) {
        var request = DestroyReplicaRequest.newBuilder()
                .setUuid(replica.toString())
                .setPoolName(pool.name())
                .build();
        command(replicas(CallLimits.REPLICA), stub -> {
            try {
                return stub.destroyReplica(request);
            } catch (StatusRuntimeException answer) {
                boolean notFound = answer.getStatus().getCode() == Status.Code.NOT_FOUND;
                if (notFound && !ReplicaGone.says(answer))
                    throw poolMayBeAway(replica, pool).exception();
                throw answer;
            }
        });
    }

    @Override
    public ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts) {
        var request = ShareReplicaRequest.newBuilder()
                .setUuid(replica.toString())
                .setShare(ShareCodec.proto(ShareProtocol.NVMF))
                .addAllAllowedHosts(HostsCodec.names(hosts))
                .build();
        return command(
                replicas(CallLimits.REPLICA, hosts), stub -> ReplicaCodec.state(node, stub.shareReplica(request)));
    }

    @Override
    public ReplicaState unshareReplica(ReplicaId replica) {
        var request =
                UnshareReplicaRequest.newBuilder().setUuid(replica.toString()).build();
        return command(replicas(CallLimits.REPLICA), stub -> ReplicaCodec.state(node, stub.unshareReplica(request)));
    }

    @Override
    public List<NexusState> nexuses() {
        return ask(
                nexuses(CallLimits.QUERY),
                stub -> stub.listNexus(ListNexusOptions.getDefaultInstance()).getNexusListList().stream()
                        .flatMap(nexus -> understood(nexus, each -> NexusCodec.state(node, each)))
                        .toList());
    }

    @Override
    public NexusState createNexus(CreateNexus request) {
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(
                        node, stub.createNexus(RequestCodec.create(request)).getNexus()));
    }

    @Override
    public void destroyNexus(NexusId nexus) {
        var request = DestroyNexusRequest.newBuilder().setUuid(nexus.toString()).build();
        command(nexuses(CallLimits.NEXUS), stub -> stub.destroyNexus(request));
    }

    @Override
    public NexusState shutdownNexus(NexusId nexus) {
        var request =
                ShutdownNexusRequest.newBuilder().setUuid(nexus.toString()).build();
        return command(
                nexuses(CallLimits.NEXUS_SHUTDOWN),
                stub -> NexusCodec.state(node, stub.shutdownNexus(request).getNexus()));
    }

    @Override
    public NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts) {
        var request = PublishNexusRequest.newBuilder()
                .setUuid(nexus.toString())
                .setShare(ShareCodec.proto(protocol))
                .addAllAllowedHosts(hosts)
                .build();
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(node, stub.publishNexus(request).getNexus()));
    }

    @Override
    public NexusState unpublishNexus(NexusId nexus) {
        var request =
                UnpublishNexusRequest.newBuilder().setUuid(nexus.toString()).build();
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(node, stub.unpublishNexus(request).getNexus()));
    }

    @Override
    public NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild) {
        var request = AddChildNexusRequest.newBuilder()
                .setUuid(nexus.toString())
                .setUri(uri)
                .setNorebuild(withoutRebuild)
                .build();
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(node, stub.addChildNexus(request).getNexus()));
    }

    @Override
    public NexusState removeChild(NexusId nexus, String uri) {
        var request = RemoveChildNexusRequest.newBuilder()
                .setUuid(nexus.toString())
                .setUri(uri)
                .build();
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(node, stub.removeChildNexus(request).getNexus()));
    }

    @Override
    public NexusState actOnChild(NexusId nexus, String uri, ChildAction action) {
        var request = ChildOperationRequest.newBuilder()
                .setNexusUuid(nexus.toString())
                .setUri(uri)
                .setAction(ChildCodec.proto(action))
                .build();
        return command(
                nexuses(CallLimits.NEXUS),
                stub -> NexusCodec.state(node, stub.childOperation(request).getNexus()));
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        var request =
                RebuildHistoryRequest.newBuilder().setUuid(nexus.toString()).build();
        return ask(nexuses(CallLimits.QUERY), stub -> stub.getRebuildHistory(request).getRecordsList().stream()
                .map(RebuildCodec::rebuild)
                .toList());
    }

    @Override
    public String toString() {
        return "agent of " + node;
    }

    private HostRpcGrpc.HostRpcBlockingStub host(Duration limit) {
        return within(limit, HostRpcGrpc.newBlockingStub(channel));
    }

    private PoolRpcGrpc.PoolRpcBlockingStub pools(Duration limit) {
        return within(limit, PoolRpcGrpc.newBlockingStub(channel));
    }

    private ReplicaRpcGrpc.ReplicaRpcBlockingStub replicas(Duration limit) {
        return within(limit, ReplicaRpcGrpc.newBlockingStub(channel));
    }

    private ReplicaRpcGrpc.ReplicaRpcBlockingStub replicas(Duration limit, List<AllowedHost> hosts) {
        return Headers.HOSTS.on(replicas(limit), HostsCodec.origins(hosts));
    }

    private NexusRpcGrpc.NexusRpcBlockingStub nexuses(Duration limit) {
        return within(limit, NexusRpcGrpc.newBlockingStub(channel));
    }

    private static <S extends AbstractBlockingStub<S>> S within(Duration limit, S stub) {
        return stub.withDeadlineAfter(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    private <S extends AbstractBlockingStub<S>, T> T command(S stub, Function<S, T> call) {
        return ask(Headers.TERM.on(stub, term.orElse(null)), call);
    }

    private <S, T> T ask(S stub, Function<S, T> call) {
        try {
            return call.apply(stub);
        } catch (StatusRuntimeException answer) {
            throw RefusalStatus.understood("node " + node, answer);
        }
    }

    /// What an engine lists and we have no words for is none of ours: it does not hide the rest.
    private <P, T> Stream<T> understood(P listed, Function<P, T> decode) {
        try {
            return Stream.of(decode.apply(listed));
        } catch (RefusalException foreign) {
            return Stream.empty();
        }
    }

    private PoolState withDisk(Supplier<PoolState> call) {
        try {
            return call.get();
        } catch (RefusalException refused) {
            throw refused.refusal() instanceof Refusal.Failed failed
                            && failed.problem().startsWith(NO_SUCH_DISK)
                    ? new Refusal.NotFound(failed.problem(), "name a disk that the node has").exception()
                    : refused;
        }
    }

    private Refusal poolMayBeAway(ReplicaId replica, PoolId pool) {
        return new Refusal.Unavailable(
                "node %s does not know replica %s, and does not say that it looked into pool %s"
                        .formatted(node, replica, pool),
                "try again once the pool is imported");
    }
}
