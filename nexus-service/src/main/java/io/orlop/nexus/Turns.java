package io.orlop.nexus;

import io.orlop.model.NexusId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/// Which copies a nexus was tried to be built from in vain, in the order of the attempts: a node that hangs may look
/// well to everybody but the nexus's own, and must not keep the other copies from having their turn. Only a preference;
/// it may be forgotten.
final class Turns {
    private final Map<NexusId, List<String>> inVain = new ConcurrentSkipListMap<>();

    void inVain(NexusId nexus, String uri) {
        inVain.merge(nexus, List.of(uri), (tried, _) -> Stream.concat(
                        tried.stream().filter(other -> !other.equals(uri)), Stream.of(uri))
                .toList());
    }

    /// 0 for one that was not tried, higher the later it was.
    int of(NexusId nexus, String uri) {
        return inVain.getOrDefault(nexus, List.of()).indexOf(uri) + 1;
    }

    void forget(NexusId nexus) {
        inVain.remove(nexus);
    }
}
