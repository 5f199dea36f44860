package io.orlop.benchmarks.device;

import io.orlop.benchmarks.process.Orders;
import io.orlop.dataplane.agent.NodeSettings;
import io.orlop.dataplane.agent.RunningNode;
import io.orlop.dataplane.nexus.NexusInfoStore;
import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NexusInfo;
import io.orlop.model.NodeId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.model.ShareProtocol;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.process.Life;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// An agent with one pool, told by hand what a control plane would tell it.
///
/// ```
///   replica NUMBER MIB thin|thick nvmf|none   ► its URI
///   nexus NUMBER MIB URI…                     ► its URI, published
///   destroy NUMBER                            ► a nexus ends
///   add NUMBER URI                            ► a nexus gets another copy, which is rebuilt
///   rebuilding NUMBER                         ► how many of its copies are being rebuilt
/// ```
final class AgentProcess {
    private AgentProcess() {}

    /// @param args the node's name and its disk
    public static void main(String[] args) {
        Life.errand("agent", () -> serve(args[0], args[1]));
    }

    private static int serve(String node, String disk) throws Exception {
        var orders = new Orders();
        var settings = new NodeSettings(new NodeId(node), "127.0.0.1:1", "127.0.0.1", 0, null);
        try (var running = RunningNode.start(settings, new InMemory(), Ambient.system())) {
            Agent agent = running.agent();
            PoolId pool = new PoolId("pool-" + node);
            agent.createPool(new CreatePool(pool, List.of(disk)));
            orders.answer("ready");
            orders.serve(order -> answer(agent, pool, order.split(" ")));
        }
        return 0;
    }

    private static String answer(Agent agent, PoolId pool, String... words) {
        int number = Integer.parseInt(words[1]);
        NexusId nexus = new NexusId(new UUID(2, number));
        switch (words[0]) {
            case "replica" -> {
                ReplicaId id = new ReplicaId(new UUID(pool.toString().hashCode(), number));
                Bytes size = Bytes.mib(Long.parseLong(words[2]));
                boolean thin = words[3].equals("thin");
                ShareProtocol share = words[4].equals("nvmf") ? ShareProtocol.NVMF : ShareProtocol.NONE;
                return agent.createReplica(new CreateReplica(id, id.toString(), pool, size, thin, share, List.of()))
                        .uri();
            }
            case "nexus" -> {
                agent.createNexus(new CreateNexus(
                        nexus,
                        new UUID(1, number).toString(),
                        Bytes.mib(Long.parseLong(words[2])),
                        NvmfConfig.ofPath(1),
                        List.of(words).subList(3, words.length),
                        ""));
                return agent.publishNexus(nexus, ShareProtocol.NVMF, List.of()).deviceUri();
            }
            case "destroy" -> {
                agent.destroyNexus(nexus);
                return "destroyed";
            }
            case "add" -> {
                agent.addChild(nexus, words[2], false);
                return "added";
            }
            case "rebuilding" -> {
                return agent.nexuses().stream()
                        .filter(state -> state.uuid().equals(nexus))
                        .map(state -> "" + state.rebuilds())
                        .findFirst()
                        .orElseThrow();
            }
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    /// No store is measured here.
    private static final class InMemory implements NexusInfoStore {
        private final ConcurrentHashMap<String, Kept> kept = new ConcurrentHashMap<>();

        @Override
        public Kept read(String key, Duration atMost) {
            return kept.getOrDefault(key, Kept.NOTHING);
        }

        @Override
        public Kept replace(String key, long revision, NexusInfo info, Duration atMost) {
            var next = new Kept(info, revision + 1);
            kept.put(key, next);
            return next;
        }
    }
}
