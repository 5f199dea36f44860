package io.orlop.simulation;

import io.orlop.model.AnaState;
import io.orlop.model.ChildReason;
import io.orlop.model.ChildState;
import io.orlop.model.ChildStatus;
import io.orlop.model.NexusInfo;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.NodeId;
import io.orlop.model.ReplicaId;
import io.orlop.wire.agent.CreateNexus;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/// A nexus without blocks: its children and how they are. A value; each change gives another.
record LightNexus(NexusState state, String infoKey) {
    static LightNexus of(CreateNexus request, NodeId node) {
        var state = new NexusState(
                request.nexus(),
                request.name(),
                node,
                request.size(),
                NexusStatus.ONLINE,
                request.children().stream().map(LightNexus::whole).toList(),
                "",
                0,
                AnaState.OPTIMIZED,
                List.of());
        return new LightNexus(
                state, request.infoKey().isEmpty() ? request.nexus().toString() : request.infoKey());
    }

    private static ChildState whole(String uri) {
        return new ChildState(uri, ChildStatus.ONLINE, ChildReason.NONE, null, null);
    }

    LightNexus with(String uri) {
        var more = new ArrayList<>(state.children());
        more.add(new ChildState(uri, ChildStatus.DEGRADED, ChildReason.OUT_OF_SYNC, 0, null));
        return of(more);
    }

    LightNexus without(String uri) {
        return of(state.children().stream()
                .filter(child -> !child.uri().equals(uri))
                .toList());
    }

    LightNexus rebuilt(String uri) {
        return each(child -> child.uri().equals(uri) && child.rebuilding() ? whole(uri) : child);
    }

    LightNexus each(UnaryOperator<ChildState> change) {
        return of(state.children().stream().map(change).toList());
    }

    LightNexus offered(String deviceUri, List<String> hosts) {
        return new LightNexus(
                new NexusState(
                        state.uuid(),
                        state.name(),
                        state.node(),
                        state.size(),
                        state.status(),
                        state.children(),
                        deviceUri,
                        state.rebuilds(),
                        state.ana(),
                        hosts),
                infoKey);
    }

    LightNexus shutDown() {
        return new LightNexus(
                new NexusState(
                        state.uuid(),
                        state.name(),
                        state.node(),
                        state.size(),
                        NexusStatus.SHUTDOWN,
                        state.children(),
                        "",
                        0,
                        state.ana(),
                        state.hosts()),
                infoKey);
    }

    /// What it writes down of its copies.
    NexusInfo info(boolean cleanShutdown) {
        return new NexusInfo(
                cleanShutdown,
                state.children().stream()
                        .flatMap(
                                child -> ReplicaId.behind(child.uri())
                                        .map(replica -> new NexusInfo.Child(replica, child.healthy()))
                                        .stream())
                        .toList());
    }

    private LightNexus of(List<ChildState> children) {
        boolean whole = children.stream().allMatch(ChildState::healthy);
        boolean any = children.stream().anyMatch(ChildState::healthy);
        return new LightNexus(
                new NexusState(
                        state.uuid(),
                        state.name(),
                        state.node(),
                        state.size(),
                        whole ? NexusStatus.ONLINE : any ? NexusStatus.DEGRADED : NexusStatus.FAULTED,
                        children,
                        state.deviceUri(),
                        (int) children.stream().filter(ChildState::rebuilding).count(),
                        state.ana(),
                        state.hosts()),
                infoKey);
    }
}
