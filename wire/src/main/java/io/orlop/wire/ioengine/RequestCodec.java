package io.orlop.wire.ioengine;

import io.orlop.model.Bytes;
import io.orlop.model.NexusId;
import io.orlop.model.NvmfConfig;
import io.orlop.model.PoolId;
import io.orlop.model.ReplicaId;
import io.orlop.stubs.mayastor.v1.CreateNexusRequest;
import io.orlop.stubs.mayastor.v1.CreatePoolRequest;
import io.orlop.stubs.mayastor.v1.CreateReplicaRequest;
import io.orlop.stubs.mayastor.v1.ImportPoolRequest;
import io.orlop.stubs.mayastor.v1.NexusNvmePreemption;
import io.orlop.stubs.mayastor.v1.PoolType;
import io.orlop.wire.agent.CreateNexus;
import io.orlop.wire.agent.CreatePool;
import io.orlop.wire.agent.CreateReplica;
import org.jspecify.annotations.Nullable;

/// What is asked for, on the wire.
final class RequestCodec {
    private RequestCodec() {}

    static CreatePoolRequest create(CreatePool request) {
        return CreatePoolRequest.newBuilder()
                .setName(request.pool().name())
                .addAllDisks(request.disks())
                .setPooltype(PoolType.Lvs)
                .build();
    }

    static CreatePool create(CreatePoolRequest request) {
        return new CreatePool(new PoolId(request.getName()), request.getDisksList());
    }

    static ImportPoolRequest importing(CreatePool request) {
        return ImportPoolRequest.newBuilder()
                .setName(request.pool().name())
                .addAllDisks(request.disks())
                .setPooltype(PoolType.Lvs)
                .build();
    }

    static CreatePool importing(ImportPoolRequest request) {
        return new CreatePool(new PoolId(request.getName()), request.getDisksList());
    }

    /// The field for the pool's uuid also takes its name, which is what we know a pool by.
    static CreateReplicaRequest create(CreateReplica request) {
        return CreateReplicaRequest.newBuilder()
                .setName(request.name())
                .setUuid(request.replica().toString())
                .setPooluuid(request.pool().name())
                .setSize(request.size().count())
                .setThin(request.thin())
                .setShare(ShareCodec.proto(request.share()))
                .addAllAllowedHosts(HostsCodec.names(request.hosts()))
                .build();
    }

    /// @param from what was said beside the request of where hosts come from
    static CreateReplica create(CreateReplicaRequest request, PoolId pool, @Nullable String from) {
        return new CreateReplica(
                ReplicaId.of(request.getUuid()),
                request.getName(),
                pool,
                Bytes.of(request.getSize()),
                request.getThin(),
                ShareCodec.share(request.getShare()),
                HostsCodec.hosts(request.getAllowedHostsList(), from));
    }

    /// The path before, where there was one, is known to hold the reservation: its key is preempted.
    static CreateNexusRequest create(CreateNexus request) {
        NvmfConfig nvmf = request.nvmf();
        return CreateNexusRequest.newBuilder()
                .setName(request.name())
                .setUuid(request.nexus().toString())
                .setSize(request.size().count())
                .setMinCntlId(nvmf.minControllerId())
                .setMaxCntlId(nvmf.maxControllerId())
                .setResvKey(nvmf.reservationKey())
                .setPreemptKey(nvmf.preemptKey())
                .setPreemptPolicy(nvmf.preemptKey() == 0 ? NexusNvmePreemption.ArgKey : NexusNvmePreemption.Holder)
                .addAllChildren(request.children())
                .setNexusInfoKey(request.infoKey())
                .build();
    }

    static CreateNexus create(CreateNexusRequest request) {
        return new CreateNexus(
                NexusId.of(request.getUuid()),
                request.getName(),
                Bytes.of(request.getSize()),
                new NvmfConfig(
                        request.getMinCntlId(), request.getMaxCntlId(), request.getResvKey(), request.getPreemptKey()),
                request.getChildrenList(),
                request.getNexusInfoKey());
    }
}
