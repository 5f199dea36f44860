package io.orlop.dataplane.agent;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.nexus.Surroundings;
import io.orlop.dataplane.pool.LogicalVolumeStore;
import io.orlop.model.AllowedHost;
import io.orlop.model.ChildAction;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RebuildRecord;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.AgentRelay;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import io.orlop.wire.agent.FencedAgent;
import io.orlop.wire.agent.Term;
import io.orlop.wire.service.Registration;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A storage node, built from its ports: the composition root of the data plane.
///
/// It remembers nothing of its own. Pools are loaded when the control plane says so, and with them come their replicas,
/// shared as they were; nexuses are built anew.
public final class StorageNode implements FencedAgent, AutoCloseable {
    private final NodeRegistration registration;
    private final NodePorts ports;
    private final Terms terms;
    private final Generation generation;
    private final Pools pools;
    private final Nexuses nexuses;

    public StorageNode(NodeRegistration registration, NodePorts ports) {
        this.registration = registration;
        this.ports = ports;
        this.terms = new Terms(registration.id());
        this.generation = new Generation(ports.ambient().random().nextLong(Long.MAX_VALUE / 2));
        this.pools = new Pools(
                registration.id(),
                ports.disks(),
                ports.exports(),
                new LogicalVolumeStore(ports.ambient(), this::poolFaulted),
                generation::moved,
                ports.ambient());
        this.nexuses = new Nexuses(new Surroundings(
                registration.id(), this::open, ports.exports(), ports.infoStore(), generation::moved, ports.ambient()));
    }

    @Override
    public Agent under(@Nullable Term term) {
        if (term == null) return this;
        AgentRelay relay = (command, call) -> command ? terms.command(term, () -> call.apply(this)) : call.apply(this);
        return relay.agent();
    }

    /// Tells the control plane, once it is started, that this node lives and when there is something new about it.
    public Heartbeat heartbeat(Registration registration) {
        var heartbeat = new Heartbeat(this::info, ports.exports()::ailment, registration, ports.ambient());
        generation.onMove(heartbeat::news);
        return heartbeat;
    }

    @Override
    public NodeRegistration info() {
        return registration.from(ports.addresses().get()).counted(generation.now(), pools.drift() + nexuses.drift());
    }

    @Override
    public List<io.orlop.model.BlockDevice> blockDevices(boolean all) {
        return ports.blockDevices().list(all);
    }

    @Override
    public List<PoolState> pools() {
        return pools.states();
    }

    @Override
    public PoolState createPool(CreatePool request) {
        return pools.create(request);
    }

    @Override
    public PoolState importPool(CreatePool request) {
        return pools.load(request);
    }

    @Override
    public void destroyPool(PoolId pool) {
        for (ReplicaState replica : pools.replicas()) {
            if (replica.pool().equals(pool)) nexuses.refuseIfUsed(replica.uuid());
        }
        pools.destroy(pool);
    }

    @Override
    public List<ReplicaState> replicas() {
        return pools.replicas();
    }

    @Override
    public ReplicaState createReplica(CreateReplica request) {
        return pools.createReplica(request);
    }

    @Override
    public void destroyReplica(ReplicaId replica, PoolId pool) {
        nexuses.refuseIfUsed(replica);
        pools.destroyReplica(replica, pool);
    }

    @Override
    public ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts) {
        return pools.share(replica, hosts);
    }

    @Override
    public ReplicaState unshareReplica(ReplicaId replica) {
        return pools.unshare(replica);
    }

    @Override
    public List<NexusState> nexuses() {
        return nexuses.states();
    }

    @Override
    public NexusState createNexus(CreateNexus request) {
        return nexuses.create(request);
    }

    @Override
    public void destroyNexus(NexusId nexus) {
        nexuses.destroy(nexus);
    }

    @Override
    public NexusState shutdownNexus(NexusId nexus) {
        var it = nexuses.at(nexus);
        it.shutdown();
        return it.state();
    }

    @Override
    public NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts) {
        var it = nexuses.at(nexus);
        if (protocol != ShareProtocol.NVMF) {
            throw new Refusal.Invalid(
                            "nexus '%s' cannot be published by %s".formatted(it.name(), protocol), "publish it by NVMF")
                    .exception();
        }
        it.publish(hosts);
        return it.state();
    }

    @Override
    public NexusState unpublishNexus(NexusId nexus) {
        var it = nexuses.at(nexus);
        it.unpublish();
        return it.state();
    }

    @Override
    public NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild) {
        return nexuses.addChild(nexus, uri, withoutRebuild);
    }

    @Override
    public NexusState removeChild(NexusId nexus, String uri) {
        var it = nexuses.at(nexus);
        it.removeChild(uri);
        return it.state();
    }

    @Override
    public NexusState actOnChild(NexusId nexus, String uri, ChildAction action) {
        var it = nexuses.at(nexus);
        it.act(uri, action);
        return it.state();
    }

    @Override
    public List<RebuildRecord> rebuildHistory(NexusId nexus) {
        return nexuses.at(nexus).rebuildHistory();
    }

    /// The blocks of a nexus, without a network in between; for simulations.
    public BlockDevice device(NexusId nexus) {
        return nexuses.at(nexus).device();
    }

    /// Lets go of everything in good order: hosts, copies, disks.
    @Override
    public void close() {
        nexuses.close();
        pools.close();
    }

    /// As if the process died here: no nexus writes anything down any more. The disks are let go without a word too.
    public void abandon() {
        nexuses.abandon();
        pools.abandon();
    }

    private void poolFaulted() {
        generation.moved();
        pools.mend();
    }

    private BlockDevice open(String uri) throws IOException {
        Optional<ReplicaUri> local = ReplicaUri.parse(uri);
        if (local.isEmpty()) return ports.remote().open(uri);
        return pools.device(local.get())
                .orElseThrow(() -> new IOException("no loaded pool of node '%s' has it".formatted(registration.id())));
    }
}
