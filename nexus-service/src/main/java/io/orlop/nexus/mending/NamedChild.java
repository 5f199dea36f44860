package io.orlop.nexus.mending;

import io.orlop.model.NexusChild;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.ReplicaId;
import java.util.List;

/// The children that a node reports, in the words of the promise.
public final class NamedChild {
    private NamedChild() {}

    public static List<NexusChild> of(NexusSpec spec, NexusState reported) {
        return reported.children().stream()
                .map(child -> spec.children().stream()
                        .filter(promised -> promised.uri().equals(child.uri()))
                        .findFirst()
                        .orElseGet(() -> of(child.uri())))
                .toList();
    }

    private static NexusChild of(String uri) {
        return ReplicaId.behind(uri)
                .<NexusChild>map(replica -> new NexusChild.Replica(replica, uri))
                .orElseGet(() -> new NexusChild.Uri(uri));
    }
}
