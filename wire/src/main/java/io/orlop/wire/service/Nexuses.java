package io.orlop.wire.service;

import io.orlop.model.Nexus;
import io.orlop.model.NexusChild;
import io.orlop.model.NexusId;
import io.orlop.model.NodeId;
import io.orlop.model.RebuildRecord;
import io.orlop.model.VolumeId;
import io.orlop.wire.rpc.Question;
import io.orlop.wire.rpc.Repeatable;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// nexus-service: which path leads to a volume.
public interface Nexuses {
    /// @param after the last one of the page before; `null` for the first page. It need not be there any more
    /// @param most 1 to [Page#MOST]
    @Question
    Page<Nexus> nexuses(@Nullable NexusId after, int most);

    /// All of them, page by page.
    default Stream<Nexus> nexuses() {
        return Pages.<NexusId, Nexus>all(this::nexuses, Nexus::uuid);
    }

    @Question
    Nexus nexus(NexusId nexus);

    /// FailedPrecondition if no node can serve; the text says why for each.
    @Question
    NodeId chooseTarget(TargetChoice choice);

    /// Asking again with the same id gives the same nexus.
    @Repeatable
    Nexus createNexus(CreateNexusSpec request);

    /// @param owner on whose behalf; `null` for a nexus made by hand. NotFound if there is none. If its node is away it
    ///     is gone from sight at once, and from the node when that is back
    @Repeatable
    void destroyNexus(NexusId nexus, @Nullable VolumeId owner);

    @Repeatable
    Nexus publish(NexusId nexus, List<String> hosts);

    @Repeatable
    Nexus unpublish(NexusId nexus);

    @Repeatable
    Nexus addChild(NexusId nexus, NexusChild child);

    /// FailedPrecondition for the last healthy child.
    @Repeatable
    Nexus removeChild(NexusId nexus, String uri);

    /// Lets go of the children in good order, so that another nexus can take over all healthy copies.
    @Repeatable
    Nexus shutdown(NexusId nexus);

    @Question
    List<RebuildRecord> rebuildHistory(NexusId nexus);
}
