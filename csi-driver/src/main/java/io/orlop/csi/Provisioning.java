package io.orlop.csi;

import io.orlop.model.Differences;
import io.orlop.model.NodeId;
import io.orlop.model.Pool;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.SpecStatus;
import io.orlop.model.Topology;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeShape;
import io.orlop.model.VolumeSpec;
import io.orlop.stubs.csi.v1.CreateVolumeRequest;
import io.orlop.stubs.csi.v1.CreateVolumeResponse;
import io.orlop.stubs.csi.v1.DeleteVolumeRequest;
import io.orlop.stubs.csi.v1.DeleteVolumeResponse;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesRequest;
import io.orlop.stubs.csi.v1.ValidateVolumeCapabilitiesResponse;
import io.orlop.wire.service.CreateVolume;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Volumes;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Volumes come and go. A volume of the same name that fits the request is the answer to it, whoever made it; one that
/// is still being made is made on.
final class Provisioning {
    private final Volumes volumes;
    private final Pools pools;

    Provisioning(Volumes volumes, Pools pools) {
        this.volumes = volumes;
        this.pools = pools;
    }

    CreateVolumeResponse create(CreateVolumeRequest request) {
        VolumeId id = VolumeNames.uuidOf(request.getName());
        refuseUnsupported(request);
        SizeRange range = SizeRange.of(request.getCapacityRange());
        ClassParameters wanted = ClassParameters.of(request.getParametersMap());
        VolumeShape shape = wanted.shape().withTopology(placement(request, wanted.shape()));
        Optional<VolumeSpec> present = find(id);
        VolumeSpec made = present.isPresent()
                ? goOn(present.get(), range, shape)
                : make(new CreateVolume(id, shape.withSize(range.size())), range, shape);
        return CreateVolumeResponse.newBuilder()
                .setVolume(io.orlop.stubs.csi.v1.Volume.newBuilder()
                        .setVolumeId(made.uuid().toString())
                        .setCapacityBytes(made.size().count())
                        .putAllVolumeContext(wanted.context())
                        .addAccessibleTopology(Segments.REACHABLE))
                .build();
    }

    /// A volume that is not there, or whose id cannot be one of ours, is deleted.
    DeleteVolumeResponse delete(DeleteVolumeRequest request) {
        VolumeNames.known(request.getVolumeId()).ifPresent(id -> {
            try {
                volumes.delete(id);
            } catch (RefusalException refused) {
                if (!(refused.refusal() instanceof Refusal.NotFound)) throw refused;
            }
        });
        return DeleteVolumeResponse.getDefaultInstance();
    }

    ValidateVolumeCapabilitiesResponse validate(ValidateVolumeCapabilitiesRequest request) {
        Optional<VolumeId> id = VolumeNames.known(request.getVolumeId());
        if (request.getVolumeCapabilitiesCount() == 0) {
            throw new Refusal.Invalid("the request has no volume capability", "give at least one").exception();
        }
        if (id.flatMap(this::find).isEmpty())
            throw absent(request.getVolumeId()).exception();
        Optional<Refusal> objection = AccessModes.objection(request.getVolumeCapabilitiesList())
                .or(() -> objection(request.getParametersMap(), request.getChangeableParametersMap()));
        if (objection.isPresent()) {
            return ValidateVolumeCapabilitiesResponse.newBuilder()
                    .setMessage(objection.get().text())
                    .build();
        }
        return ValidateVolumeCapabilitiesResponse.newBuilder()
                .setConfirmed(ValidateVolumeCapabilitiesResponse.Confirmed.newBuilder()
                        .putAllVolumeContext(request.getVolumeContextMap())
                        .addAllVolumeCapabilities(request.getVolumeCapabilitiesList())
                        .putAllParameters(request.getParametersMap()))
                .build();
    }

    static Refusal absent(String id) {
        return new Refusal.NotFound("volume '%s' is not there".formatted(id), "create it first");
    }

    /// What is there goes on as it was promised, and not as it would be asked for today.
    private VolumeSpec goOn(VolumeSpec present, SizeRange range, VolumeShape wanted) {
        refuseOther(present, range, wanted);
        return switch (present.status()) {
            case CREATED -> present;
            case CREATING -> make(new CreateVolume(present.uuid(), present.shape()), range, wanted);
            case DELETING, DELETED ->
                throw new Refusal.Deleting(
                                "volume %s is being deleted".formatted(present.uuid()),
                                "ask again once it is gone, or choose another name")
                        .exception();
        };
    }

    private VolumeSpec make(CreateVolume request, SizeRange range, VolumeShape wanted) {
        try {
            return volumes.create(request).spec();
        } catch (RefusalException refused) {
            // Somebody else asked for it first, for the same or for another.
            boolean raced =
                    switch (refused.refusal()) {
                        case Refusal.AlreadyExists _, Refusal.Differs _, Refusal.Conflict _ -> true;
                        case Refusal _ -> false;
                    };
            if (!raced) throw refused;
            VolumeSpec made = find(request.volume()).orElseThrow(() -> refused);
            refuseOther(made, range, wanted);
            if (made.status() == SpecStatus.CREATED) return made;
            throw new Refusal.Aborted(
                            "volume %s is changing while it is being made".formatted(made.uuid()), "ask again")
                    .exception();
        }
    }

    private static void refuseOther(VolumeSpec present, SizeRange range, VolumeShape wanted) {
        String differences = Differences.text(present.shape(), fitted(present.shape(), range, wanted));
        if (differences.isEmpty()) return;
        throw new Refusal.Differs(
                        "volume %s is there and is not what was asked for: %s".formatted(present.uuid(), differences),
                        "choose another name, or ask for what is there")
                .exception();
    }

    /// What is asked for, in the words of what is there where that satisfies it: a size within the range, more
    /// replicas or snapshots than asked for, because somebody added some since, other nodes of those that would do,
    /// and labels, which CSI does not ask for.
    private static VolumeShape fitted(VolumeShape present, SizeRange range, VolumeShape wanted) {
        Integer snapshots = present.maxSnapshots();
        Integer wantedSnapshots = wanted.maxSnapshots();
        boolean enough = snapshots == null || wantedSnapshots != null && snapshots.compareTo(wantedSnapshots) >= 0;
        boolean nodesDo =
                Segments.agree(present.topology().nodes(), wanted.topology().nodes());
        return wanted.withSize(range.includes(present.size()) ? present.size() : range.size())
                .withNumReplicas(Math.max(present.numReplicas(), wanted.numReplicas()))
                .withMaxSnapshots(enough ? snapshots : wantedSnapshots)
                .withTopology(
                        nodesDo
                                ? new Topology(
                                        present.topology().nodes(),
                                        wanted.topology().pools())
                                : wanted.topology())
                .withLabels(present.labels());
    }

    private Topology placement(CreateVolumeRequest request, VolumeShape wanted) {
        boolean byLabel = !(wanted.topology().nodes() instanceof Topology.Nodes.Any);
        if (byLabel || !request.hasAccessibilityRequirements()) return wanted.topology();
        List<NodeId> storing = pools.pools().map(Pool::node).toList();
        return new Topology(
                Segments.nodes(request.getAccessibilityRequirements(), wanted.numReplicas(), storing),
                wanted.topology().pools());
    }

    private static void refuseUnsupported(CreateVolumeRequest request) {
        AccessModes.objection(request.getVolumeCapabilitiesList()).ifPresent(objection -> {
            throw new Refusal.Invalid(
                            "volume '%s': %s".formatted(request.getName(), objection.problem()), objection.remedy())
                    .exception();
        });
        if (request.hasVolumeContentSource()) {
            throw new Refusal.Invalid(
                            "volume '%s' is to be made from a snapshot or another volume".formatted(request.getName()),
                            "make it empty: neither snapshots nor clones are offered")
                    .exception();
        }
        if (request.getChangeableParametersCount() > 0) {
            throw new Refusal.Invalid(
                            "volume '%s' has mutable_parameters %s"
                                    .formatted(
                                            request.getName(),
                                            request.getChangeableParametersMap().keySet().stream()
                                                    .sorted()
                                                    .toList()),
                            "leave the VolumeAttributesClass out: changing volumes is not offered")
                    .exception();
        }
    }

    private static Optional<Refusal> objection(Map<String, String> parameters, Map<String, String> changeable) {
        if (!changeable.isEmpty()) {
            return Optional.of(new Refusal.Invalid("mutable_parameters are not offered", "leave them out"));
        }
        try {
            ClassParameters.of(parameters);
            return Optional.empty();
        } catch (RefusalException refused) {
            return Optional.of(refused.refusal());
        }
    }

    private Optional<VolumeSpec> find(VolumeId id) {
        try {
            return Optional.of(volumes.volume(id)).map(Volume::spec);
        } catch (RefusalException refused) {
            if (refused.refusal() instanceof Refusal.NotFound) return Optional.empty();
            throw refused;
        }
    }
}
