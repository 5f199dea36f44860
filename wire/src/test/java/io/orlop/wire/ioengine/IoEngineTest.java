package io.orlop.wire.ioengine;

import static io.orlop.wire.ioengine.FakeAgent.INFO;
import static io.orlop.wire.ioengine.FakeAgent.NEXUS;
import static io.orlop.wire.ioengine.FakeAgent.NODE;
import static io.orlop.wire.ioengine.FakeAgent.POOL;
import static io.orlop.wire.ioengine.FakeAgent.REPLICA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Empty;
import com.google.protobuf.StringValue;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import io.orlop.model.AllowedHost;
import io.orlop.model.Bytes;
import io.orlop.model.ChildAction;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.stubs.mayastor.v1.CreateNexusRequest;
import io.orlop.stubs.mayastor.v1.CreatePoolRequest;
import io.orlop.stubs.mayastor.v1.CreateReplicaRequest;
import io.orlop.stubs.mayastor.v1.DestroyReplicaRequest;
import io.orlop.stubs.mayastor.v1.HostRpcGrpc;
import io.orlop.stubs.mayastor.v1.ListNexusOptions;
import io.orlop.stubs.mayastor.v1.ListPoolOptions;
import io.orlop.stubs.mayastor.v1.ListRebuildHistoryRequest;
import io.orlop.stubs.mayastor.v1.ListSnapshotsRequest;
import io.orlop.stubs.mayastor.v1.NexusRpcGrpc;
import io.orlop.stubs.mayastor.v1.Pool;
import io.orlop.stubs.mayastor.v1.PoolRpcGrpc;
import io.orlop.stubs.mayastor.v1.PublishNexusRequest;
import io.orlop.stubs.mayastor.v1.RegisterRequest;
import io.orlop.stubs.mayastor.v1.RegistrationGrpc;
import io.orlop.stubs.mayastor.v1.ReplicaRpcGrpc;
import io.orlop.stubs.mayastor.v1.ShareReplicaRequest;
import io.orlop.stubs.mayastor.v1.SnapshotRpcGrpc;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.agent.FencedAgent;
import io.orlop.wire.agent.Term;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class IoEngineTest {
    private static final Metadata.Key<String> GONE = Metadata.Key.of("gtm-602", Metadata.ASCII_STRING_MARSHALLER);

    private static final List<AllowedHost> HOSTS = List.of(
            new AllowedHost("nqn.a", List.of("10.0.0.1", "fd00::1")), AllowedHost.fromAnywhere("nqn.b@anywhere"));

    private final FakeAgent served = new FakeAgent();
    private final List<Object> registered = new ArrayList<>();
    private final String name = InProcessServerBuilder.generateName();
    private final ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
    private final GrpcAgent agent = new GrpcAgent(NODE, channel);
    private Server server = InProcessServerBuilder.forName(name).build();

    @BeforeEach
    void serve() throws IOException {
        var builder = InProcessServerBuilder.forName(name).executor(Executors.newVirtualThreadPerTaskExecutor());
        AgentService.of(served).forEach(builder::addService);
        builder.addService(new RegistrationService(new Registration() {
            @Override
            public void register(NodeRegistration node) {
                registered.add(node);
            }

            @Override
            public void deregister(NodeId node) {
                registered.add(node);
            }
        }));
        server = builder.build().start();
    }

    @AfterEach
    void close() {
        channel.shutdownNow();
        server.shutdownNow();
    }

    @Test
    void everythingArrivesAsItWasReported() {
        assertThat(agent.info()).isEqualTo(INFO);
        assertThat(agent.blockDevices(true)).containsExactly(FakeAgent.DEVICE);
        assertThat(agent.pools()).containsExactly(POOL);
        assertThat(agent.replicas()).containsExactly(REPLICA);
        assertThat(agent.nexuses()).containsExactly(NEXUS);
        assertThat(agent.rebuildHistory(NEXUS.uuid())).containsExactly(FakeAgent.REBUILD);
    }

    @Test
    void everythingIsAskedAsItWasMeant() {
        var pool = new CreatePool(POOL.id(), List.of("malloc:///m?size_mb=64"));
        var replica = new CreateReplica(REPLICA.uuid(), "r", POOL.id(), Bytes.mib(64), true, ShareProtocol.NONE, HOSTS);
        var nexus = new CreateNexus(
                NEXUS.uuid(), "v", Bytes.mib(64), NvmfConfig.ofPath(3), List.of("bdev:///r?uuid=1"), "/key");

        assertThat(agent.createPool(pool)).isEqualTo(POOL);
        assertThat(agent.importPool(pool)).isEqualTo(POOL);
        agent.destroyPool(POOL.id());
        assertThat(agent.createReplica(replica)).isEqualTo(REPLICA);
        agent.destroyReplica(REPLICA.uuid(), POOL.id());
        assertThat(agent.shareReplica(REPLICA.uuid(), HOSTS)).isEqualTo(REPLICA);
        assertThat(agent.unshareReplica(REPLICA.uuid())).isEqualTo(REPLICA);
        assertThat(agent.createNexus(nexus)).isEqualTo(NEXUS);
        assertThat(agent.publishNexus(NEXUS.uuid(), ShareProtocol.NVMF, List.of("nqn.b")))
                .isEqualTo(NEXUS);
        assertThat(agent.unpublishNexus(NEXUS.uuid())).isEqualTo(NEXUS);
        assertThat(agent.addChild(NEXUS.uuid(), "uri", true)).isEqualTo(NEXUS);
        assertThat(agent.removeChild(NEXUS.uuid(), "uri")).isEqualTo(NEXUS);
        for (ChildAction action : ChildAction.values()) agent.actOnChild(NEXUS.uuid(), "uri", action);
        assertThat(agent.shutdownNexus(NEXUS.uuid())).isEqualTo(NEXUS);
        agent.destroyNexus(NEXUS.uuid());

        assertThat(served.asked)
                .containsExactly(
                        "createPool" + List.of(pool),
                        "importPool" + List.of(pool),
                        "destroyPool[pool-1]",
                        "createReplica" + List.of(replica),
                        "destroyReplica" + List.of(REPLICA.uuid(), POOL.id()),
                        "shareReplica" + List.of(REPLICA.uuid(), HOSTS),
                        "unshareReplica" + List.of(REPLICA.uuid()),
                        "createNexus" + List.of(nexus),
                        "publishNexus" + List.of(NEXUS.uuid(), ShareProtocol.NVMF, List.of("nqn.b")),
                        "unpublishNexus" + List.of(NEXUS.uuid()),
                        "addChild" + List.of(NEXUS.uuid(), "uri", true),
                        "removeChild" + List.of(NEXUS.uuid(), "uri"),
                        "actOnChild" + List.of(NEXUS.uuid(), "uri", ChildAction.OFFLINE),
                        "actOnChild" + List.of(NEXUS.uuid(), "uri", ChildAction.ONLINE),
                        "actOnChild" + List.of(NEXUS.uuid(), "uri", ChildAction.FAULT_IO_ERROR),
                        "actOnChild" + List.of(NEXUS.uuid(), "uri", ChildAction.OFFLINE_PERMANENT),
                        "shutdownNexus" + List.of(NEXUS.uuid()),
                        "destroyNexus" + List.of(NEXUS.uuid()));
    }

    @Test
    void aRefusalArrivesAsItWasThrown() {
        served.refusal = new Refusal.AlreadyShared("nexus n is shared by ISCSI", "unpublish it first");

        assertThatThrownBy(() -> agent.publishNexus(NEXUS.uuid(), ShareProtocol.NVMF, List.of()))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isEqualTo(served.refusal));
    }

    @Test
    void refusalsHaveTheStatusThatTheEngineGivesThem() {
        assertThat(ofCreatingPool(new Refusal.AlreadyExists("p", "r"))).isEqualTo(Status.Code.ALREADY_EXISTS);
        assertThat(ofCreatingPool(new Refusal.Invalid("p", "r"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ofCreatingPool(new Refusal.Failed("p", "r"))).isEqualTo(Status.Code.INTERNAL);
        assertThat(ofCreatingPool(new Refusal.Conflict("p", "r"))).isEqualTo(Status.Code.ABORTED);
        assertThat(ofCreatingPool(new Refusal.OutOfCapacity("p", "r"))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(ofPublishing(new Refusal.AlreadyShared("p", "r"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ofPublishing(new Refusal.NotShared("p", "r"))).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(ofPublishing(new Refusal.NotFound("p", "r"))).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(ofPublishing(new Refusal.FailedPrecondition("p", "r"))).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void malformedRequestsAreInvalidArguments() {
        var replicas = ReplicaRpcGrpc.newBlockingStub(channel);
        var nexuses = NexusRpcGrpc.newBlockingStub(channel);

        assertThat(status(() -> replicas.createReplica(CreateReplicaRequest.newBuilder()
                        .setUuid("no uuid")
                        .setPooluuid("pool-1")
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> replicas.shareReplica(ShareReplicaRequest.newBuilder()
                        .setUuid(REPLICA.uuid().toString())
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> nexuses.createNexus(CreateNexusRequest.newBuilder()
                        .setUuid(NEXUS.uuid().toString())
                        .setMinCntlId(9)
                        .setMaxCntlId(8)
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status(() -> nexuses.publishNexus(PublishNexusRequest.newBuilder()
                        .setUuid(NEXUS.uuid().toString())
                        .setShareValue(77)
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(served.asked).isEmpty();
    }

    @Test
    void aReplicaOfAnUnknownPoolIsAFailedPrecondition() {
        var request = CreateReplicaRequest.newBuilder()
                .setUuid(REPLICA.uuid().toString())
                .setPooluuid("pool-9")
                .build();

        assertThat(status(() -> ReplicaRpcGrpc.newBlockingStub(channel).createReplica(request)))
                .isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void aPoolIsNamedByUuidToo() {
        var request = CreateReplicaRequest.newBuilder()
                .setUuid(REPLICA.uuid().toString())
                .setPooluuid(POOL.uuid().toString())
                .build();

        ReplicaRpcGrpc.newBlockingStub(channel).createReplica(request);

        assertThat(served.asked).first().asString().contains("pool=pool-1");
    }

    @Test
    void aReplicaThatIsGoneIsMarked() {
        served.refusal = new Refusal.NotFound("replica r is not in pool p", "nothing is left to do");

        StatusRuntimeException answer = thrown(() -> ReplicaRpcGrpc.newBlockingStub(channel)
                .destroyReplica(destroy().setPoolName("pool-1").build()));

        assertThat(answer.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(trailer(answer)).contains("0");
        assertThatThrownBy(() -> agent.destroyReplica(REPLICA.uuid(), POOL.id()))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.NotFound.class));
    }

    @Test
    void withoutAPoolNobodyIsSureThatAReplicaIsGone() {
        StatusRuntimeException answer = thrown(() -> ReplicaRpcGrpc.newBlockingStub(channel)
                .destroyReplica(DestroyReplicaRequest.newBuilder()
                        .setUuid("5b1c1e9c-9999-4d2b-9a58-0f1c5d3f2a01")
                        .build()));

        assertThat(answer.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(trailer(answer)).isEmpty();
    }

    @Test
    void anUnmarkedNotFoundIsNotBelieved() throws IOException {
        String engine = InProcessServerBuilder.generateName();
        Server unmarked = InProcessServerBuilder.forName(engine)
                .addService(new ReplicaRpcGrpc.ReplicaRpcImplBase() {
                    @Override
                    public void destroyReplica(DestroyReplicaRequest request, StreamObserver<Empty> caller) {
                        caller.onError(Status.NOT_FOUND.asRuntimeException());
                    }
                })
                .build()
                .start();
        ManagedChannel line = InProcessChannelBuilder.forName(engine).build();

        assertThatThrownBy(() -> new GrpcAgent(NODE, line).destroyReplica(REPLICA.uuid(), POOL.id()))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.Unavailable.class));

        line.shutdownNow();
        unmarked.shutdownNow();
    }

    @Test
    void aDiskThatIsNotThereIsNotFound() throws IOException {
        String engine = InProcessServerBuilder.generateName();
        Server diskless = InProcessServerBuilder.forName(engine)
                .addService(new PoolRpcGrpc.PoolRpcImplBase() {
                    @Override
                    public void createPool(CreatePoolRequest request, StreamObserver<Pool> caller) {
                        caller.onError(Status.INTERNAL
                                .withDescription("Failed to create a BDEV '/dev/none'")
                                .asRuntimeException());
                    }
                })
                .build()
                .start();
        ManagedChannel line = InProcessChannelBuilder.forName(engine).build();

        assertThatThrownBy(() -> new GrpcAgent(NODE, line).createPool(new CreatePool(POOL.id(), List.of("/dev/none"))))
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.NotFound.class));

        line.shutdownNow();
        diskless.shutdownNow();
    }

    @Test
    void listsAreFilteredAsTheEngineDoes() {
        var pools = PoolRpcGrpc.newBlockingStub(channel);
        var nexuses = NexusRpcGrpc.newBlockingStub(channel);

        assertThat(pools.listPools(ListPoolOptions.newBuilder()
                                .setName(StringValue.of("other"))
                                .build())
                        .getPoolsList())
                .isEmpty();
        assertThat(nexuses.listNexus(ListNexusOptions.newBuilder()
                                .setName(StringValue.of("other"))
                                .build())
                        .getNexusListList())
                .isEmpty();
        assertThat(status(() -> nexuses.listNexus(ListNexusOptions.newBuilder()
                        .setUuid(StringValue.of("5b1c1e9c-9999-4d2b-9a58-0f1c5d3f2a01"))
                        .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        var histories = nexuses.listRebuildHistory(ListRebuildHistoryRequest.getDefaultInstance());
        assertThat(histories.getHistoriesMap()).containsOnlyKeys(NEXUS.uuid().toString());
        assertThat(histories.getEndTime().getSeconds()).isEqualTo(1_700_000_060);
        assertThat(nexuses.listRebuildHistory(ListRebuildHistoryRequest.newBuilder()
                                .setSinceEndTime(histories.getEndTime())
                                .build())
                        .getHistoriesMap())
                .isEmpty();
    }

    @Test
    void whatIsNotOfferedIsUnimplemented() {
        assertThat(status(() -> SnapshotRpcGrpc.newBlockingStub(channel)
                        .listSnapshot(ListSnapshotsRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(status(() ->
                        HostRpcGrpc.newBlockingStub(channel).getMayastorResourceUsage(Empty.getDefaultInstance())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void nodesRegisterAndLeave() {
        var registration = new GrpcRegistration(channel);

        registration.register(INFO);
        registration.register(INFO.counted(4711, null));
        registration.register(INFO.counted(4711, 12L));
        registration.register(INFO.from(List.of("10.0.0.1", "fd00:0:0:0:0:0:0:1")));
        registration.deregister(NODE);

        assertThat(registered)
                .containsExactly(
                        INFO,
                        INFO.counted(4711, null),
                        INFO.counted(4711, 12L),
                        INFO.from(List.of("10.0.0.1", "fd00:0:0:0:0:0:0:1")),
                        NODE);
    }

    @Test
    void aNodeWithoutANameIsRefused() {
        assertThat(status(
                        () -> RegistrationGrpc.newBlockingStub(channel).register(RegisterRequest.getDefaultInstance())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void commandsArriveInTheirTermAndQuestionsInNone() throws IOException {
        List<Object> terms = new ArrayList<>();
        class Fenced extends FakeAgent implements FencedAgent {
            @Override
            public Agent under(@Nullable Term term) {
                terms.add(term == null ? "none" : term);
                return this;
            }
        }
        server.shutdownNow();
        var builder =
                InProcessServerBuilder.forName(name + "-fenced").executor(Executors.newVirtualThreadPerTaskExecutor());
        AgentService.of(new Fenced()).forEach(builder::addService);
        server = builder.build().start();
        try (var agents =
                new GrpcAgents(_ -> Optional.of(name + "-fenced"), endpoint -> InProcessChannelBuilder.forName(endpoint)
                        .build())) {
            Agent led = agents.at(NODE, Optional.of(new Term("pools", 5)));

            led.pools();
            led.destroyPool(POOL.id());
            led.createReplica(new CreateReplica(
                    REPLICA.uuid(), "r", POOL.id(), Bytes.mib(64), true, ShareProtocol.NONE, List.of()));
            led.destroyNexus(NEXUS.uuid());
            agents.at(NODE).destroyPool(POOL.id());

            Term fifth = new Term("pools", 5);
            assertThat(terms).containsExactly(fifth, fifth, fifth, "none");
        }
    }

    @Test
    void aNodeThatNeverSaidWhereItIsIsUnavailable() {
        try (var agents = new GrpcAgents(
                node -> node.equals(NODE) ? Optional.of(name) : Optional.empty(),
                endpoint -> InProcessChannelBuilder.forName(endpoint).build())) {
            assertThat(agents.at(NODE).pools()).containsExactly(POOL);
            assertThat(agents.at(NODE).replicas()).containsExactly(REPLICA);
            assertThatThrownBy(() -> agents.at(new NodeId("node-2")).pools())
                    .hasMessageContaining("node-2")
                    .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                            .isInstanceOf(Refusal.Unavailable.class));
        }
    }

    private Status.Code ofCreatingPool(Refusal refusal) {
        served.refusal = refusal;
        return status(() -> PoolRpcGrpc.newBlockingStub(channel)
                .createPool(CreatePoolRequest.newBuilder().setName("pool-1").build()));
    }

    private Status.Code ofPublishing(Refusal refusal) {
        served.refusal = refusal;
        return status(() -> NexusRpcGrpc.newBlockingStub(channel)
                .publishNexus(PublishNexusRequest.newBuilder()
                        .setUuid(NEXUS.uuid().toString())
                        .setShareValue(1)
                        .build()));
    }

    private static DestroyReplicaRequest.Builder destroy() {
        return DestroyReplicaRequest.newBuilder().setUuid(REPLICA.uuid().toString());
    }

    private static Status.Code status(Runnable call) {
        return thrown(call).getStatus().getCode();
    }

    private static StatusRuntimeException thrown(Runnable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call::run);
    }

    private static Optional<String> trailer(StatusRuntimeException answer) {
        Metadata trailers = answer.getTrailers();
        return trailers == null ? Optional.empty() : Optional.ofNullable(trailers.get(GONE));
    }
}
