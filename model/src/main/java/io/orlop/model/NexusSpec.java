package io.orlop.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mirror in front of a volume's replicas, as promised. Kept at `/nexuses/{uuid}`.
///
/// @param managed made for a volume, and not by hand
/// @param shutdown whether it was told to let go of its children: it serves nobody again
public record NexusSpec(
        NexusId uuid,
        NexusShape shape,
        List<NexusChild> children,
        ShareProtocol share,
        List<String> hosts,
        boolean managed,
        boolean shutdown,
        SpecStatus status,
        @Nullable Pending<NexusOperation> operation) {

    public NexusSpec {
        children = List.copyOf(children);
        hosts = List.copyOf(hosts);
    }

    /// A nexus that is to be made of these copies.
    public static NexusSpec promised(NexusId uuid, NexusShape shape, List<NexusChild> children) {
        boolean managed = shape.owner() != null;
        return new NexusSpec(
                uuid, shape, children, ShareProtocol.NONE, List.of(), managed, false, SpecStatus.CREATING, null);
    }

    public String name() {
        return shape.name();
    }

    public NodeId node() {
        return shape.node();
    }

    public Bytes size() {
        return shape.size();
    }

    public @Nullable VolumeId owner() {
        return shape.owner();
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED || operation != null;
    }

    public NexusSpec withStatus(SpecStatus status) {
        return new NexusSpec(uuid, shape, children, share, hosts, managed, shutdown, status, operation);
    }

    public NexusSpec withChildren(List<NexusChild> children) {
        return new NexusSpec(uuid, shape, children, share, hosts, managed, shutdown, status, operation);
    }

    public NexusSpec promising(NexusOperation operation) {
        return new NexusSpec(uuid, shape, children, share, hosts, managed, shutdown, status, Pending.of(operation));
    }

    public NexusSpec withoutOperation() {
        return new NexusSpec(uuid, shape, children, share, hosts, managed, shutdown, status, null);
    }

    /// The spec once this operation is kept.
    public NexusSpec after(NexusOperation kept) {
        return switch (kept) {
            case NexusOperation.Publish(List<String> allowed) -> shared(ShareProtocol.NVMF, allowed);
            case NexusOperation.Unpublish() -> shared(ShareProtocol.NONE, List.of());
            case NexusOperation.AddChild(NexusChild child) -> {
                var more = new ArrayList<>(children);
                if (children.stream().noneMatch(present -> present.uri().equals(child.uri()))) more.add(child);
                yield withChildren(more).withoutOperation();
            }
            case NexusOperation.RemoveChild(String uri) ->
                withChildren(children.stream()
                                .filter(child -> !child.uri().equals(uri))
                                .toList())
                        .withoutOperation();
            case NexusOperation.Shutdown() ->
                new NexusSpec(uuid, shape, children, share, hosts, managed, true, status, null);
        };
    }

    private NexusSpec shared(ShareProtocol protocol, List<String> allowed) {
        return new NexusSpec(uuid, shape, children, protocol, allowed, managed, shutdown, status, null);
    }
}
