package io.orlop.simulation;

import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.AgentRelay;
import io.orlop.wire.agent.Term;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Stands at an agent's door and sees whether commands of a term that is over are carried out there.
///
/// ```
///   volumes@5   create R ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ ─ comes now: it must be refused
///   volumes@9        destroy R ──► answered
/// ```
///
/// One for each life of the agent: it remembers no longer than the agent does.
final class TermWitness {
    private final String where;
    private final Consumer<String> wrongs;
    private final Map<String, Term> answered = new TreeMap<>();

    TermWitness(String where, Consumer<String> wrongs) {
        this.where = where;
        this.wrongs = wrongs;
    }

    /// @param term what commands carry that come this way
    Agent over(Agent agent, Optional<Term> term) {
        AgentRelay relay = (command, call) -> {
            if (!command || term.isEmpty()) return call.apply(agent);
            Term own = term.get();
            Term before = answered.getOrDefault(own.office(), own);
            Object answer = call.apply(agent);
            if (own.revision() < before.revision()) {
                wrongs.accept("%s has carried out a command of %s after one of %s".formatted(where, own, before));
            }
            answered.merge(own.office(), own, (one, other) -> one.revision() > other.revision() ? one : other);
            return answer;
        };
        return relay.agent();
    }
}
