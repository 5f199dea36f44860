package io.orlop.nexus.children;

import io.orlop.model.NexusChild;
import java.util.List;

/// The copies to use, or why there are none.
public sealed interface ChildDecision {
    record Use(List<NexusChild> children) implements ChildDecision {
        public Use {
            children = List.copyOf(children);
        }
    }

    /// @param why for each candidate, a clause
    record None(String why) implements ChildDecision {}
}
