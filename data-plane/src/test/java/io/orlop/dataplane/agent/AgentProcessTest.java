package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.orlop.dataplane.AgentMain;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.ioengine.GrpcAgents;
import io.orlop.wire.ioengine.RegistrationService;
import io.orlop.wire.service.Registration;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/// The agent as it runs alone: started by its options, registered and driven over gRPC, its record in a store.
@Timeout(120)
class AgentProcessTest {
    @TempDir
    Path folder;

    private final LinkedBlockingQueue<NodeRegistration> registered = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<NodeId> left = new LinkedBlockingQueue<>();

    @Test
    void registersServesTheIoEngineApiAndLeaves() throws Exception {
        Server control = Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
                .addService(new RegistrationService(new Registration() {
                    @Override
                    public void register(NodeRegistration node) {
                        registered.add(node);
                    }

                    @Override
                    public void deregister(NodeId node) {
                        left.add(node);
                    }
                }))
                .build()
                .start();
        try (MvccStore store = MvccStore.open(folder, StoreOptions.defaults());
                EtcdServer etcd =
                        EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)))) {
            String instance;
            try (var _ = agent(control, etcd)) {
                NodeRegistration node = registered.take();
                assertThat(node.id()).hasToString("node-1");
                assertThat(node.nqn()).isEqualTo("nqn.2019-05.io.openebs:node-name:node-1");
                assertThat(node.addresses()).contains("127.0.0.1");
                instance = String.valueOf(node.instance());
                drive(node);
                assertThat(infoIn(etcd)).startsWith("{\"clean_shutdown\":false,\"children\":[{\"uuid\":");
            }
            assertThat(left.take()).hasToString("node-1");
            assertThat(infoIn(etcd)).startsWith("{\"clean_shutdown\":true,");
            registered.clear();
            try (var _ = agent(control, etcd)) {
                assertThat(registered.take().instance()).isNotEqualTo(instance);
            }
        } finally {
            control.shutdownNow();
        }
    }

    private static void drive(NodeRegistration node) {
        try (GrpcAgents agents =
                new GrpcAgents(_ -> Optional.of(node.grpcEndpoint()), endpoint -> Grpc.newChannelBuilder(
                                endpoint, InsecureChannelCredentials.create())
                        .build())) {
            Agent agent = agents.at(node.id());
            assertThat(agent.info().instance()).isEqualTo(node.instance());
            PoolId pool = new PoolId("memory");
            agent.createPool(new CreatePool(pool, List.of("malloc:///m?size_mb=64")));
            ReplicaId uuid = new ReplicaId(new UUID(1, 1));
            ReplicaState replica = agent.createReplica(
                    new CreateReplica(uuid, uuid.toString(), pool, Bytes.mib(16), true, ShareProtocol.NVMF, List.of()));
            assertThat(replica.uri()).startsWith("nvmf+tcp://127.0.0.1:");
            NexusId nexus = new NexusId(new UUID(2, 2));
            agent.createNexus(new CreateNexus(
                    nexus,
                    new UUID(3, 3).toString(),
                    Bytes.mib(16),
                    NvmfConfig.ofPath(1),
                    List.of(replica.localUri()),
                    "/info"));
            assertThat(agent.publishNexus(nexus, ShareProtocol.NVMF, List.of()).published())
                    .isTrue();
            assertThat(agent.blockDevices(true)).isNotNull();
        }
    }

    private static ConfigurableApplicationContext agent(Server control, EtcdServer etcd) throws Exception {
        return AgentMain.start(
                "--node",
                "node-1",
                "--registration",
                "127.0.0.1:" + control.getPort(),
                "--store",
                "http://127.0.0.1:" + etcd.port(),
                "--grpc-port",
                Integer.toString(freePort()),
                "--nvme-port",
                "0");
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static String infoIn(EtcdServer etcd) throws Exception {
        try (Client client =
                Client.builder().endpoints("http://127.0.0.1:" + etcd.port()).build()) {
            return client.getKVClient()
                    .get(ByteSequence.from("/info", StandardCharsets.UTF_8))
                    .get()
                    .getKvs()
                    .getFirst()
                    .getValue()
                    .toString(StandardCharsets.UTF_8);
        }
    }
}
