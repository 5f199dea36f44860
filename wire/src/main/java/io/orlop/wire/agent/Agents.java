package io.orlop.wire.agent;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import java.util.Optional;
import java.util.function.Supplier;

/// The storage nodes, as a service reaches them.
@FunctionalInterface
public interface Agents {
    /// The agent of this node; calls to it are refused as Unavailable while it is not reachable.
    ///
    /// @param term what commands carry, if anything: the node refuses them as FailedPrecondition once it
    ///     has had one of a later term of the same office. Questions are answered to everybody
    Agent at(NodeId node, Optional<Term> term);

    /// The agent of this node, whose commands carry no term.
    default Agent at(NodeId node) {
        return at(node, Optional.empty());
    }

    /// The same nodes, for one who commands by an office: each command carries the term that this gives at the moment
    /// of the call. While it gives none, commands are refused before they are sent: who has lost the office
    /// must not command as if there were none.
    default Agents under(Supplier<Optional<Term>> term) {
        return (node, given) -> {
            AgentRelay relay = (command, call) ->
                    call.apply(at(node, command && given.isEmpty() ? Optional.of(held(node, term)) : given));
            return relay.agent();
        };
    }

    private static Term held(NodeId node, Supplier<Optional<Term>> term) {
        return term.get().orElseThrow(() -> new Refusal.FailedPrecondition(
                        "a command to node %s was not sent: this copy of the service does not lead".formatted(node),
                        "leave it to the copy that does")
                .exception());
    }
}
