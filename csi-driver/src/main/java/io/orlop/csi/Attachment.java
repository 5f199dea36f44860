package io.orlop.csi;

import io.orlop.model.FrontendHost;
import io.orlop.model.NexusId;
import io.orlop.model.Node;
import io.orlop.model.NodeId;
import io.orlop.model.Publication;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ShareProtocol;
import io.orlop.model.Volume;
import io.orlop.model.VolumeId;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeSpec;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerPublishVolumeResponse;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeRequest;
import io.orlop.stubs.csi.v1.ControllerUnpublishVolumeResponse;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.UnpublishVolume;
import io.orlop.wire.service.Volumes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A volume is offered to one node, and to exactly the node that is named it is no longer offered: a late farewell of
/// the node before must not cut off the node that has the volume now.
final class Attachment {
    /// What the node plugin needs of a volume's context besides the device.
    private static final List<String> PASSED_ON =
            List.of("ioTimeout", "nvmeCtrlLossTmo", "nvmeIoTimeout", "nvmeKeepAliveTmo", "nvmeNrIoQueues");

    private final Volumes volumes;
    private final Registry registry;

    Attachment(Volumes volumes, Registry registry) {
        this.volumes = volumes;
        this.registry = registry;
    }

    ControllerPublishVolumeResponse publish(ControllerPublishVolumeRequest request) {
        Optional<VolumeId> id = VolumeNames.known(request.getVolumeId());
        String host = request.getNodeId();
        if (host.isEmpty()) throw new Refusal.Invalid("the request has no node id", "give one").exception();
        refuseUnsupported(request);
        Volume volume = id.flatMap(this::find)
                .orElseThrow(() -> Provisioning.absent(request.getVolumeId()).exception());
        Node node = node(host);
        Volume published =
                switch (volume.spec().publication()) {
                    case Publication.Published there -> offeredTo(host, volume, there);
                    case Publication.Unpublished() -> offer(volume, node);
                };
        return ControllerPublishVolumeResponse.newBuilder()
                .putAllPublishContext(context(published, request.getVolumeContextMap()))
                .build();
    }

    /// Whoever is gone is detached: an unknown volume or node is no error, nor is a volume that another node has.
    ControllerUnpublishVolumeResponse unpublish(ControllerUnpublishVolumeRequest request) {
        VolumeNames.known(request.getVolumeId()).flatMap(this::find).ifPresent(volume -> {
            Publication.Published there = offer(volume.spec());
            if (there != null && (request.getNodeId().isEmpty() || isOfferedTo(request.getNodeId(), there))) {
                withdraw(volume.spec().uuid(), there.nexus());
            }
        });
        return ControllerUnpublishVolumeResponse.getDefaultInstance();
    }

    /// The offer that stands, or that was promised and may come about yet.
    private static Publication.@Nullable Published offer(VolumeSpec volume) {
        if (volume.publication() instanceof Publication.Published there) return there;
        return volume.operation() != null
                        && volume.operation().operation() instanceof VolumeOperation.Publish(var target, var _)
                ? target
                : null;
    }

    /// By force: the node that serves the volume may be away, and the volume is wanted elsewhere. Only this offer: by
    /// the time that it is withdrawn there may be another.
    private void withdraw(VolumeId volume, NexusId nexus) {
        try {
            volumes.unpublish(volume, new UnpublishVolume(true, nexus));
        } catch (RefusalException refused) {
            switch (refused.refusal()) {
                case Refusal.NotPublished _, Refusal.NotFound _ -> {}
                case Refusal _ -> throw refused;
            }
        }
    }

    private Volume offer(Volume volume, Node node) {
        VolumeId id = volume.spec().uuid();
        String host = node.id().name();
        try {
            return volumes.publish(id, new PublishVolume(target(volume, node), ShareProtocol.NVMF, host, false, false));
        } catch (RefusalException refused) {
            if (!(refused.refusal() instanceof Refusal.AlreadyPublished)) throw refused;
            Volume now = find(id).orElseThrow(() -> refused);
            if (now.spec().publication() instanceof Publication.Published there) return offeredTo(host, now, there);
            throw refused;
        }
    }

    /// On the node that uses the volume, where that serves volumes: then its reads need no network. A single replica
    /// keeps its target beside it.
    private static @Nullable NodeId target(Volume volume, Node node) {
        boolean serves = node.state() != null
                && node.state().online()
                && node.spec() != null
                && !node.spec().cordoned();
        return serves && volume.spec().numReplicas() > 1 ? node.id() : null;
    }

    private static Volume offeredTo(String host, Volume volume, Publication.Published there) {
        if (isOfferedTo(host, there)) return volume;
        String others = there.hosts().isEmpty()
                ? "any host"
                : String.join(
                        ", ", there.hosts().stream().map(FrontendHost::name).toList());
        throw new Refusal.FailedPrecondition(
                        "volume %s is published to %s and not to %s"
                                .formatted(volume.spec().uuid(), others, host),
                        "unpublish it there first")
                .exception();
    }

    private static boolean isOfferedTo(String host, Publication.Published there) {
        return there.hosts().stream().anyMatch(allowed -> allowed.name().equals(host));
    }

    private static Map<String, String> context(Volume volume, Map<String, String> volumeContext) {
        var target = volume.state().target();
        if (target == null || !target.published()) {
            throw new Refusal.Unavailable(
                            "volume %s is published, and its target is not seen yet"
                                    .formatted(volume.spec().uuid()),
                            "ask again")
                    .exception();
        }
        SortedMap<String, String> context = new TreeMap<>();
        context.put("uri", target.uriForHosts());
        PASSED_ON.forEach(key -> {
            String value = volumeContext.get(key);
            if (value != null) context.put(key, value);
        });
        return context;
    }

    private static void refuseUnsupported(ControllerPublishVolumeRequest request) {
        if (!request.hasVolumeCapability()) {
            throw new Refusal.Invalid("the request has no volume capability", "give one").exception();
        }
        AccessModes.objection(request.getVolumeCapability()).ifPresent(objection -> {
            throw new Refusal.Invalid(
                            "volume '%s': %s".formatted(request.getVolumeId(), objection.problem()), objection.remedy())
                    .exception();
        });
        if (request.getReadonly()) {
            throw new Refusal.Invalid(
                            "volume '%s' is to be published read-only".formatted(request.getVolumeId()),
                            "publish it writable and mount it read-only: PUBLISH_READONLY is not offered")
                    .exception();
        }
    }

    private Node node(String host) {
        try {
            return registry.node(new NodeId(host));
        } catch (RefusalException refused) {
            switch (refused.refusal()) {
                case Refusal.NotFound _, Refusal.Invalid _ ->
                    throw new Refusal.NotFound(
                                    "node '%s' is not known".formatted(host),
                                    "start its agent, and see that it registers")
                            .exception();
                case Refusal _ -> throw refused;
            }
        }
    }

    private Optional<Volume> find(VolumeId id) {
        try {
            return Optional.of(volumes.volume(id));
        } catch (RefusalException refused) {
            if (refused.refusal() instanceof Refusal.NotFound) return Optional.empty();
            throw refused;
        }
    }
}
