package io.orlop.volume;

import io.orlop.control.table.Stored;
import io.orlop.control.view.ClusterView;
import io.orlop.model.FrontendHost;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NexusShape;
import io.orlop.model.NexusState;
import io.orlop.model.NodeId;
import io.orlop.model.NodeSpec;
import io.orlop.model.NvmfConfig;
import io.orlop.model.Publication;
import io.orlop.model.Publication.Published;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.ShareProtocol;
import io.orlop.model.VolumeOperation;
import io.orlop.model.VolumeOperation.Abandon;
import io.orlop.model.VolumeOperation.Publish;
import io.orlop.model.VolumeSpec;
import io.orlop.model.ambient.Ambient;
import io.orlop.volume.copies.Copies;
import io.orlop.volume.copies.Copy;
import io.orlop.volume.copies.Presence;
import io.orlop.wire.service.CreateNexusSpec;
import io.orlop.wire.service.PublishVolume;
import io.orlop.wire.service.TargetChoice;
import io.orlop.wire.service.UnpublishVolume;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Brings a volume to its hosts and takes it back.
///
/// ```
///   choose the node and the copies ──► promise Publish(node, nexus, path, copies)
///           ├── share the remote ones ──► nexus ──► published
///           └── cannot be kept ──► promise Abandon ──► destroy the nexus ──► as before
///   promise Unpublish ──► destroy the nexus ──► unshare the replicas ──► unpublished
/// ```
///
/// All methods are called with the guard taken.
final class VolumePublication {
    private final Ambient ambient;
    private final VolumeBook book;
    private final Copies copies;
    private final Treatment treatment;
    private final Means means;
    private final ClusterView view;

    VolumePublication(
            Ambient ambient, VolumeBook book, Copies copies, Treatment treatment, Means means, ClusterView view) {
        this.ambient = ambient;
        this.book = book;
        this.copies = copies;
        this.treatment = treatment;
        this.means = means;
        this.view = view;
    }

    /// A volume, and its nexus as that answered just now; `null` where it did not answer.
    record Served(Stored<VolumeSpec> volume, @Nullable NexusState nexus) {}

    Served publish(Stored<VolumeSpec> present, PublishVolume request) {
        if (request.protocol() != ShareProtocol.NVMF) {
            throw new Refusal.Invalid(
                            "volume %s cannot be published over '%s'"
                                    .formatted(
                                            present.value().uuid(),
                                            request.protocol().name().toLowerCase(Locale.ROOT)),
                            "use nvmf")
                    .exception();
        }
        return switch (present.value().publication()) {
            case Published current -> publishAgain(present, current, request);
            case Publication.Unpublished() -> publishAnew(present, request, List.of());
        };
    }

    private Served publishAgain(Stored<VolumeSpec> present, Published current, PublishVolume request) {
        boolean here = request.node() == null || request.node().equals(current.node());
        boolean same = here && frontend(request).equals(current.hosts());
        if (!request.republish()) {
            if (same) return new Served(present, serving(current));
            throw new Refusal.AlreadyPublished(
                            "volume %s is published on %s for %s"
                                    .formatted(
                                            present.value().uuid(),
                                            current.node(),
                                            current.hosts().isEmpty()
                                                    ? "any host"
                                                    : current.hosts().stream()
                                                            .map(FrontendHost::name)
                                                            .collect(Collectors.joining(", "))),
                            "unpublish it first")
                    .exception();
        }
        if (same && request.reuseExisting()) {
            NexusState serving = serving(current);
            if (serving != null && serving.status().serves()) return new Served(present, serving);
        }
        List<NodeId> avoid = request.node() == null ? List.of(current.node()) : List.of();
        return publishAnew(unpublish(present, current), request, avoid);
    }

    private Served publishAnew(Stored<VolumeSpec> present, PublishVolume request, List<NodeId> avoid) {
        VolumeSpec spec = present.value();
        List<Copy> chosen = reachable(spec);
        List<NodeId> holders = chosen.stream().map(Copy::node).toList();
        NodeId node = means.chooseTarget(new TargetChoice(spec.uuid(), request.node(), holders, avoid));
        var target =
                new Published(node, new NexusId(randomUuid()), request.protocol(), frontend(request), spec.paths() + 1);
        var operation = new Publish(target, chosen.stream().map(Copy::id).toList());
        return finish(book.replace(present, spec.promising(operation)), operation, true);
    }

    /// Goes on with a promise, or takes it back where it cannot be kept.
    ///
    /// @param fresh whether the view has heard just now of every node of the volume that is online
    Served finish(Stored<VolumeSpec> promised, Publish operation, boolean fresh) {
        VolumeSpec spec = promised.value();
        Published target = operation.target();
        try {
            means.create(new CreateNexusSpec(
                    target.nexus(),
                    new NexusShape(
                            spec.uuid().toString(),
                            target.node(),
                            spec.nexusSize(),
                            NvmfConfig.ofPath(target.path()),
                            spec.uuid()),
                    children(spec, operation, fresh),
                    spec.lastNexus()));
            NexusState published = means.publish(
                    target.nexus(),
                    target.hosts().stream().map(FrontendHost::nqn).toList());
            return new Served(book.replace(promised, spec.after(operation)), published);
        } catch (RefusalException refused) {
            if (!Doubt.about(refused)) abandon(promised, target);
            throw refused;
        }
    }

    /// Takes a promise back: first in the store, where a leader that was displaced is refused. Only then is the nexus
    /// destroyed, which the next leader might else be serving from by now.
    Stored<VolumeSpec> abandon(Stored<VolumeSpec> promised, Published target) {
        return finishAbandon(book.replace(promised, promised.value().promising(new Abandon(target))), target);
    }

    /// Where the nexus began to serve, what it left is what the next one is built by, and its path is used up.
    Stored<VolumeSpec> finishAbandon(Stored<VolumeSpec> promised, Published target) {
        VolumeSpec spec = promised.value();
        means.destroy(target.nexus(), spec.uuid());
        unshare(spec, target);
        boolean began = copies.left(spec.uuid(), target.nexus());
        return book.replace(
                promised,
                began
                        ? spec.after(new Publish(target, List.of())).after(new VolumeOperation.Unpublish())
                        : spec.withoutOperation());
    }

    /// Takes back a publication that is still a promise, and any other.
    Stored<VolumeSpec> unpublish(Stored<VolumeSpec> present, UnpublishVolume request) {
        VolumeSpec spec = present.value();
        Published target = meant(spec);
        if (target == null) {
            throw new Refusal.NotPublished(
                            "volume %s is not published".formatted(spec.uuid()), "there is nothing to do")
                    .exception();
        }
        if (request.nexus() != null && !request.nexus().equals(target.nexus())) {
            throw new Refusal.NotPublished(
                            "volume %s is published by nexus %s and not by %s any more"
                                    .formatted(spec.uuid(), target.nexus(), request.nexus()),
                            "there is nothing to do")
                    .exception();
        }
        if (!request.force() && !view.seen().online(target.node())) {
            throw new Refusal.Unavailable(
                            "node %s, which serves volume %s, is not online".formatted(target.node(), spec.uuid()),
                            "bring it back, or force it if no host uses the volume any more")
                    .exception();
        }
        return spec.publication() instanceof Published ? unpublish(present, target) : abandon(present, target);
    }

    /// The node that serves the volume, or was about to.
    @Nullable
    NodeId target(VolumeSpec spec) {
        Published target = meant(spec);
        return target == null ? null : target.node();
    }

    private static @Nullable Published meant(VolumeSpec spec) {
        if (spec.publication() instanceof Published current) return current;
        return spec.operation() != null && spec.operation().operation() instanceof Publish(Published target, var _)
                ? target
                : null;
    }

    private Stored<VolumeSpec> unpublish(Stored<VolumeSpec> present, Published current) {
        return finishUnpublish(
                book.replace(present, present.value().promising(new VolumeOperation.Unpublish())), current);
    }

    Stored<VolumeSpec> finishUnpublish(Stored<VolumeSpec> promised, Published current) {
        VolumeSpec spec = promised.value();
        means.destroy(current.nexus(), spec.uuid());
        unshare(spec, current);
        return book.replace(promised, spec.after(new VolumeOperation.Unpublish()));
    }

    /// What the target reached over the network, whatever the view says: it may not have heard of the sharing yet. A
    /// replica whose node is away stays shared until the next time: nobody reaches it meanwhile.
    private void unshare(VolumeSpec spec, Published served) {
        for (ReplicaSpec replica : view.replicasOf(spec.uuid())) {
            boolean shared =
                    replica.share() != ShareProtocol.NONE || !replica.node().equals(served.node());
            if (!shared || !view.seen().online(replica.node())) continue;
            try {
                means.unshare(replica.uuid());
            } catch (RefusalException _) {
                // The next publication says anew who may connect.
            }
        }
    }

    /// Those that were chosen and can be reached now; nobody else, however good they look by now. A view that is late
    /// has
    /// not heard of what was made a moment ago: by it alone no promise is taken back.
    private List<NexusChild> children(VolumeSpec spec, Publish operation, boolean fresh) {
        var children = new ArrayList<NexusChild>();
        var reasons = new ArrayList<String>();
        boolean doubtful = !fresh;
        for (Copy copy : copies.of(spec, null)) {
            // A promise of an older version names none: any may be used.
            if (!operation.children().isEmpty() && !operation.children().contains(copy.id())) continue;
            try {
                if (copy.presence() == Presence.HERE) {
                    children.add(treatment.reach(
                            copy.id(), copy.node(), operation.target().node()));
                } else {
                    reasons.add("replica %s on %s is not online".formatted(copy.id(), copy.node()));
                }
            } catch (RefusalException refused) {
                doubtful |= Doubt.about(refused);
                reasons.add("replica %s on %s: %s"
                        .formatted(copy.id(), copy.node(), refused.refusal().problem()));
            }
        }
        if (!children.isEmpty()) return children;
        String problem = "none of the replicas of volume %s can be reached (%s)"
                .formatted(spec.uuid(), String.join("; ", reasons));
        String remedy = "bring one of their nodes back";
        // Where all of them are known to be away, the promise is taken back: another copy may have come meanwhile.
        Refusal refusal =
                doubtful ? new Refusal.Unavailable(problem, remedy) : new Refusal.FailedPrecondition(problem, remedy);
        throw refusal.exception();
    }

    private List<Copy> reachable(VolumeSpec spec) {
        List<Copy> all = copies.of(spec, null);
        List<Copy> here =
                all.stream().filter(copy -> copy.presence() == Presence.HERE).toList();
        if (!here.isEmpty()) return here;
        String where = all.stream()
                .map(copy -> "%s on %s".formatted(copy.id(), copy.node()))
                .collect(Collectors.joining(", "));
        throw new Refusal.FailedPrecondition(
                        "none of the replicas of volume %s is online (%s)"
                                .formatted(spec.uuid(), where.isEmpty() ? "it has none" : where),
                        "bring one of their nodes back")
                .exception();
    }

    private @Nullable NexusState serving(Published current) {
        try {
            return means.publish(
                    current.nexus(),
                    current.hosts().stream().map(FrontendHost::nqn).toList());
        } catch (RefusalException _) {
            return null;
        }
    }

    private List<FrontendHost> frontend(PublishVolume request) {
        String name = request.frontend();
        if (name == null) return List.of();
        String nqn = view.nodes().value(new NodeId(name)).map(NodeSpec::nqn).orElse(new NodeId(name).nqn());
        return List.of(new FrontendHost(name, nqn));
    }

    private UUID randomUuid() {
        long high = ambient.random().nextLong() & ~0xf000L | 0x4000L;
        long low = ambient.random().nextLong() & ~(3L << 62) | 1L << 63;
        return new UUID(high, low);
    }
}
