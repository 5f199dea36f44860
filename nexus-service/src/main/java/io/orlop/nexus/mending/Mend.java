package io.orlop.nexus.mending;

import io.orlop.model.NexusChild;
import io.orlop.model.NexusSpec;
import io.orlop.model.NexusState;
import io.orlop.model.NexusStatus;
import io.orlop.model.ShareProtocol;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The next thing to do for a nexus that was created, its node being online and having been asked.
public sealed interface Mend {
    /// It is as promised.
    record Nothing() implements Mend {}

    /// Its node started again and knows nothing of it, or it let go of its children by itself.
    ///
    /// @param present whether what is left of it must be destroyed first
    record Recreate(boolean present, String why) implements Mend {}

    /// It was to let go of its children and still has them.
    record ShutDown() implements Mend {}

    record Publish(List<String> hosts) implements Mend {
        public Publish {
            hosts = List.copyOf(hosts);
        }
    }

    record Unpublish() implements Mend {}

    /// Its children are others than promised: it was built anew from fewer, and the outcome was not written. What the
    /// node says is true; whoever owns the nexus adds the others again.
    record AdoptChildren(List<NexusChild> children) implements Mend {
        public AdoptChildren {
            children = List.copyOf(children);
        }
    }

    /// @param reported what the node says of it; `null` if it does not know it
    static Mend next(NexusSpec spec, @Nullable NexusState reported) {
        if (spec.shutdown()) return letGo(reported) ? new Nothing() : new ShutDown();
        if (reported == null) return new Recreate(false, "its node does not have it any more");
        switch (reported.status()) {
            case SHUTDOWN -> {
                return new Recreate(true, "it let go of its children by itself");
            }
            case FAULTED -> {
                return new Recreate(true, "none of its children is healthy");
            }
            case UNKNOWN, SHUTTING_DOWN -> {
                return new Nothing();
            }
            case ONLINE, DEGRADED -> {}
        }
        if (!uris(spec).equals(uris(reported))) return new AdoptChildren(NamedChild.of(spec, reported));
        boolean wanted = spec.share() == ShareProtocol.NVMF;
        if (wanted && !(reported.published() && sameHosts(spec, reported))) return new Publish(spec.hosts());
        if (!wanted && reported.published()) return new Unpublish();
        return new Nothing();
    }

    private static boolean letGo(@Nullable NexusState reported) {
        return reported == null
                || reported.status() == NexusStatus.SHUTDOWN
                || reported.status() == NexusStatus.SHUTTING_DOWN;
    }

    private static boolean sameHosts(NexusSpec spec, NexusState reported) {
        return new TreeSet<>(spec.hosts()).equals(new TreeSet<>(reported.hosts()));
    }

    private static TreeSet<String> uris(NexusSpec spec) {
        return spec.children().stream().map(NexusChild::uri).collect(Collectors.toCollection(TreeSet::new));
    }

    private static TreeSet<String> uris(NexusState reported) {
        return reported.children().stream().map(child -> child.uri()).collect(Collectors.toCollection(TreeSet::new));
    }
}
