package io.orlop.benchmarks.control;

import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.orlop.benchmarks.process.Orders;
import io.orlop.dataplane.agent.EtcdNexusInfoStore;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.process.Life;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.ioengine.GrpcRegistration;
import io.orlop.wire.service.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// All agents of a population, in a process of their own, so that what the services take is theirs alone.
final class AgentsProcess {
    private AgentsProcess() {}

    /// @param args where agents register, the store's endpoints, and a [Population]
    public static void main(String[] args) {
        Life.errand("agents", () -> serve(args));
    }

    private static int serve(String... args) throws Exception {
        var orders = new Orders();
        List<String> words = List.of(args);
        ManagedChannel channel =
                ManagedChannelBuilder.forTarget(words.get(0)).usePlaintext().build();
        Population population = Population.parse(words.subList(2, words.size()));
        EtcdNexusInfoStore infos = EtcdNexusInfoStore.at(words.get(1));
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
        Registration registration = new GrpcRegistration(channel);
        var nodes = new ArrayList<SimulatedNode>();
        for (int n = 0; n < population.nodes(); n++) {
            var node = SimulatedNode.serve(Population.node(n), infos, registration, loop, executor);
            node.agent().load(Population.pool(n), Population.poolUuid(n), Population.disk(n));
            nodes.add(node);
        }
        for (int v = 0; v < population.volumes(); v++) {
            for (int copy = 0; copy < population.copies(); copy++) {
                int n = population.place(v, copy);
                nodes.get(n).agent().load(replica(Population.replica(v, copy), n));
            }
        }
        nodes.forEach(node -> node.heartbeat().start());
        orders.answer("ready");
        orders.serve(order -> switch (order) {
            case "kill 0" -> {
                kill(nodes, population);
                yield "dead";
            }
            default -> throw new IllegalArgumentException(order);
        });
        return 0;
    }

    private static CreateReplica replica(ReplicaId id, int node) {
        return new CreateReplica(
                id, id.toString(), Population.pool(node), Population.SIZE, true, ShareProtocol.NONE, List.of());
    }

    /// The first node dies, and every nexus with a copy there sees its connection break.
    private static void kill(List<SimulatedNode> nodes, Population population) {
        nodes.getFirst().die();
        var gone = new TreeSet<ReplicaId>();
        for (int v = 0; v < population.victims(); v++) gone.add(Population.replica(v, 0));
        for (SimulatedNode survivor : nodes.subList(1, nodes.size()))
            survivor.agent().lose(gone);
    }
}
