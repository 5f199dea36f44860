package io.orlop.model;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The mirror in front of a volume's replicas, as promised. Kept at `/nexuses/{uuid}`.
///
/// @param name the volume's uuid where a volume owns it: hosts see the same namespace wherever the nexus runs
/// @param managed made for a volume, and not by hand
/// @param shutdown whether it was told to let go of its children: it serves nobody again
public record NexusSpec(
        NexusId uuid,
        String name,
        NodeId node,
        List<NexusChild> children,
        Bytes size,
        ShareProtocol share,
        List<String> hosts,
        boolean managed,
        @Nullable VolumeId owner,
        NvmfConfig nvmf,
        boolean shutdown,
        SpecStatus status,
        @Nullable Pending<NexusOperation> operation) {

    public NexusSpec {
        children = List.copyOf(children);
        hosts = List.copyOf(hosts);
    }

    public boolean dirty() {
        return status != SpecStatus.CREATED || operation != null;
    }

    public NexusSpec withStatus(SpecStatus status) {
        return new NexusSpec(
                uuid, name, node, children, size, share, hosts, managed, owner, nvmf, shutdown, status, operation);
    }

    public NexusSpec promising(NexusOperation operation) {
        return new NexusSpec(
                uuid,
                name,
                node,
                children,
                size,
                share,
                hosts,
                managed,
                owner,
                nvmf,
                shutdown,
                status,
                Pending.of(operation));
    }

    public NexusSpec withoutOperation() {
        return new NexusSpec(
                uuid, name, node, children, size, share, hosts, managed, owner, nvmf, shutdown, status, null);
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
                new NexusSpec(uuid, name, node, children, size, share, hosts, managed, owner, nvmf, true, status, null);
        };
    }

    private NexusSpec shared(ShareProtocol protocol, List<String> allowed) {
        return new NexusSpec(
                uuid, name, node, children, size, protocol, allowed, managed, owner, nvmf, shutdown, status, null);
    }

    public NexusSpec withChildren(List<NexusChild> changed) {
        return new NexusSpec(
                uuid, name, node, changed, size, share, hosts, managed, owner, nvmf, shutdown, status, operation);
    }
}
