package io.orlop.simulation;

import io.orlop.dataplane.agent.BlockDevices;
import io.orlop.dataplane.agent.NodePorts;
import io.orlop.dataplane.agent.NvmePort;
import io.orlop.dataplane.agent.StorageNode;
import io.orlop.dataplane.disk.Disks;
import io.orlop.dataplane.network.Network;
import io.orlop.dataplane.nvme.target.NvmeTarget;
import io.orlop.disk.Disk;
import io.orlop.disk.twin.CrashableDisk;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Term;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A storage node: the data plane's own code on a disk that forgets, at a power cut, what was not synced.
final class SimulatedNode {
    static final String DISK = "aio:///pool.img";
    private static final long MEMORY = 32 << 20;

    private final NodeId id;
    private final SeededScheduler scheduler;
    private final SimulatedNetwork network;
    private final SimulatedTcp tcp;
    private final Function<SeededAmbient, Registration> registration;
    private final Consumer<String> wrongs;
    private CrashableDisk disk;
    private @Nullable Life life;
    private int lives;

    private record Life(SeededAmbient process, StorageNode agent, TermWitness witness) {}

    /// @param registration the registry, as a process reaches it
    /// @param wrongs told of commands that should not have been carried out
    SimulatedNode(
            NodeId id,
            long diskBytes,
            SeededScheduler scheduler,
            SimulatedNetwork network,
            SimulatedTcp tcp,
            Function<SeededAmbient, Registration> registration,
            Consumer<String> wrongs) {
        this.id = id;
        this.scheduler = scheduler;
        this.network = network;
        this.tcp = tcp;
        this.registration = registration;
        this.wrongs = wrongs;
        this.disk = new CrashableDisk(diskBytes, Disk.SECTOR);
    }

    NodeId id() {
        return id;
    }

    boolean running() {
        return life != null;
    }

    void start() {
        SeededAmbient process = scheduler.process(id + "#" + ++lives);
        String nqn = id.nqn();
        NvmePort nvme = nvme(process, nqn);
        var agent = new StorageNode(
                new NodeRegistration(id, id + ":10124", id + "#" + lives, nqn, "simulated"),
                new NodePorts(
                        disks(),
                        nvme.exports(),
                        nvme.opener(),
                        new SimulatedInfoStore(network.keyspace(process)),
                        BlockDevices.NONE,
                        () -> List.of(address()),
                        process));
        life = new Life(process, agent, new TermWitness(process.toString(), wrongs));
        agent.heartbeat(registration.apply(process)).start();
    }

    private String address() {
        return tcp.address(id.name()).getHostAddress();
    }

    private NvmePort nvme(SeededAmbient process, String nqn) {
        Network lines = tcp.of(process);
        try {
            var target = NvmeTarget.listen(new InetSocketAddress(NvmeTarget.DEFAULT_PORT), lines, MEMORY, process);
            return NvmePort.of(target, address(), nqn, lines, process);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private Disks disks() {
        return new Disks() {
            @Override
            public String canonical(String uri) {
                return uri;
            }

            @Override
            public Disk open(String uri) throws IOException {
                if (!uri.equals(DISK)) throw new IOException("there is no disk " + uri);
                return disk;
            }
        };
    }

    /// A power cut: the process is gone, and so is any part of what the disk had not synced.
    void crash() {
        Life ended = life;
        if (ended == null) return;
        ended.process.crash();
        network.crashed(ended.process);
        tcp.crashed(ended.process);
        disk = disk.afterPowerCut(scheduler.random());
        life = null;
    }

    /// @param term what commands carry
    Optional<SimulatedNetwork.Served<Agent>> served(Optional<Term> term) {
        return Optional.ofNullable(life)
                .map(now -> new SimulatedNetwork.Served<>(
                        now.process, now.witness.over(now.agent.under(term.orElse(null)), term)));
    }

    /// What the node itself would answer, asked outside of time.
    Agent agent() {
        if (life == null) throw new IllegalStateException(id + " is not running");
        return life.agent;
    }

    SeededAmbient process() {
        if (life == null) throw new IllegalStateException(id + " is not running");
        return life.process;
    }
}
