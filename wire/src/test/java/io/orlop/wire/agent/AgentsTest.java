package io.orlop.wire.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.NodeId;
import io.orlop.model.PoolId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.rpc.CallPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AgentsTest {
    private static final NodeId NODE = new NodeId("node-1");
    private static final PoolId POOL = new PoolId("pool-1");
    private static final Term FIFTH = new Term("pools", 5);
    private static final Term NINTH = new Term("pools", 9);

    private final List<String> came = new ArrayList<>();
    private Optional<Term> led = Optional.of(FIFTH);

    private final Agents nodes = (node, term) -> {
        AgentRelay relay = (command, _) -> {
            came.add((command ? "command" : "question")
                    + term.map(Term::toString).orElse(""));
            return command ? null : List.of();
        };
        return relay.agent();
    };

    @Test
    void commandsCarryTheTermOfTheMomentAndQuestionsNone() {
        Agent agent = nodes.under(() -> led).at(NODE);

        agent.destroyPool(POOL);
        agent.pools();
        led = Optional.of(NINTH);
        agent.destroyPool(POOL);

        assertThat(came).containsExactly("commandpools@5", "question", "commandpools@9");
    }

    @Test
    void whoDoesNotLeadCommandsNobodyAndMayStillAsk() {
        Agent agent = nodes.under(() -> led).at(NODE);
        led = Optional.empty();

        assertThat(agent.pools()).isEmpty();
        assertThatThrownBy(() -> agent.destroyPool(POOL))
                .hasMessageContaining("node-1")
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.FailedPrecondition.class));
        assertThat(came).containsExactly("question");
    }

    @Test
    void guardedAgentsPassTheTermOn() {
        Agents guarded = new GuardedAgents(nodes, CallPolicy.Registries.ofDefaults());

        guarded.at(NODE).destroyPool(POOL);
        guarded.under(() -> led).at(NODE).destroyPool(POOL);

        assertThat(came).containsExactly("command", "commandpools@5");
    }

    @Test
    void aTermIsReadAsItWasWrittenAndNothingElseIs() {
        assertThat(Term.of("pools@4711")).isEqualTo(new Term("pools", 4711));
        assertThat(Term.of(NINTH.toString())).isEqualTo(NINTH);
        for (String wrong : List.of("", "pools", "pools@", "@5", "Pools@5", "pools@-5", "a@9999999999999999999")) {
            assertThatThrownBy(() -> Term.of(wrong)).isInstanceOf(RefusalException.class);
        }
    }
}
