package io.orlop.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A nexus as its node reports it.
///
/// @param size what it was asked to be
/// @param deviceUri where hosts connect; empty while unpublished
/// @param rebuilds how many children are being rebuilt
/// @param device what hosts see; `null` from an engine that does not say
public record NexusState(
        NexusId uuid,
        String name,
        NodeId node,
        Bytes size,
        NexusStatus status,
        List<ChildState> children,
        String deviceUri,
        int rebuilds,
        AnaState ana,
        List<String> hosts,
        @Nullable Bytes device) {
    public NexusState {
        children = List.copyOf(children);
        hosts = List.copyOf(hosts);
    }

    /// As an engine reports it that does not say how large the device is.
    public NexusState(
            NexusId uuid,
            String name,
            NodeId node,
            Bytes size,
            NexusStatus status,
            List<ChildState> children,
            String deviceUri,
            int rebuilds,
            AnaState ana,
            List<String> hosts) {
        this(uuid, name, node, size, status, children, deviceUri, rebuilds, ana, hosts, null);
    }

    /// What hosts see, as far as that is known.
    public Bytes visibleSize() {
        return device == null ? size : device;
    }

    public boolean published() {
        return !deviceUri.isEmpty();
    }

    /// Where hosts connect, as they are told it. A target that admits one host only says which: by that name the
    /// host has to introduce itself.
    public String uriForHosts() {
        return published() && hosts.size() == 1 ? deviceUri + "?hostnqn=" + hosts.getFirst() : deviceUri;
    }

    /// Whether nothing but how far its rebuilds are tells them apart.
    public boolean sameButProgress(NexusState other) {
        return withoutProgress().equals(other.withoutProgress());
    }

    private NexusState withoutProgress() {
        return new NexusState(
                uuid,
                name,
                node,
                size,
                status,
                children.stream().map(ChildState::withoutProgress).toList(),
                deviceUri,
                rebuilds,
                ana,
                hosts,
                device);
    }
}
