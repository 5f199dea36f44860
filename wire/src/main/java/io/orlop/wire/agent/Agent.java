package io.orlop.wire.agent;

import io.orlop.model.AllowedHost;
import io.orlop.model.BlockDevice;
import io.orlop.model.ChildAction;
import io.orlop.model.NexusId;
import io.orlop.model.NexusState;
import io.orlop.model.NodeRegistration;
import io.orlop.model.PoolId;
import io.orlop.model.PoolState;
import io.orlop.model.RebuildRecord;
import io.orlop.model.ReplicaId;
import io.orlop.model.ReplicaState;
import io.orlop.model.ShareProtocol;
import io.orlop.wire.rpc.Question;
import java.util.List;

/// The hands of one storage node: Mayastor's io-engine API, in the model's words. Calls block until the node has
/// answered; every refusal is a [io.orlop.model.RefusalException]. A call that was not answered (Unavailable,
/// TimedOut) may still have happened: ask, then decide.
public interface Agent {
    @Question
    NodeRegistration info();

    /// @param all also those that are in use
    @Question
    List<BlockDevice> blockDevices(boolean all);

    @Question
    List<PoolState> pools();

    /// Imports the pool if its disk carries it, creates it if the disk carries nothing known, and refuses otherwise:
    /// another pool's data is never overwritten. AlreadyExists if it is loaded.
    PoolState createPool(CreatePool request);

    /// Loads the pool that the disk carries, and creates nothing.
    PoolState importPool(CreatePool request);

    /// Takes the pool off its disk. NotFound if it is not loaded.
    void destroyPool(PoolId pool);

    @Question
    List<ReplicaState> replicas();

    /// AlreadyExists if a replica of this id is there; OutOfCapacity if the pool has too little room.
    ReplicaState createReplica(CreateReplica request);

    /// NotFound only where it is certain that no such replica exists: with its pool not loaded the answer is
    /// Unavailable.
    void destroyReplica(ReplicaId replica, PoolId pool);

    /// Offers the replica to other hosts; shared already, it only takes the new hosts.
    ///
    /// @param hosts who may connect; empty means anybody. An engine of Mayastor minds their names only
    ReplicaState shareReplica(ReplicaId replica, List<AllowedHost> hosts);

    ReplicaState unshareReplica(ReplicaId replica);

    @Question
    List<NexusState> nexuses();

    NexusState createNexus(CreateNexus request);

    /// NotFound if there is none.
    void destroyNexus(NexusId nexus);

    /// Lets go of the children in good order and serves nobody; the nexus stays listed.
    NexusState shutdownNexus(NexusId nexus);

    /// Offers the nexus to hosts; published already, it only takes the new hosts.
    NexusState publishNexus(NexusId nexus, ShareProtocol protocol, List<String> hosts);

    NexusState unpublishNexus(NexusId nexus);

    /// Adds a copy, out of sync, and starts its rebuild. AlreadyExists if it is a child.
    NexusState addChild(NexusId nexus, String uri, boolean withoutRebuild);

    /// FailedPrecondition for the last healthy child; a uri that is no child is no error.
    NexusState removeChild(NexusId nexus, String uri);

    NexusState actOnChild(NexusId nexus, String uri, ChildAction action);

    @Question
    List<RebuildRecord> rebuildHistory(NexusId nexus);
}
