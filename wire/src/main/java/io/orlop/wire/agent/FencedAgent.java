package io.orlop.wire.agent;

import org.jspecify.annotations.Nullable;

/// An agent that knows which terms its commands are given in, and refuses those of a term that is over.
public interface FencedAgent extends Agent {
    /// This agent, as it takes commands of this term.
    ///
    /// @param term null for commands that carry none
    Agent under(@Nullable Term term);
}
