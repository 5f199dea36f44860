package io.orlop.wire.ioengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrpcAgentsTest {
    private static final NodeId NODE = new NodeId("node-1");

    /// As one that is only known by its spec.
    @Test
    void aNodeWhoseEndpointIsBlankHasNotSaidWhereItIs() {
        assertThat(refusal("")).isInstanceOf(Refusal.Unavailable.class);
        assertThat(refusal(" ")).isInstanceOf(Refusal.Unavailable.class);
    }

    @Test
    void aNodeWhoseEndpointIsNoAddressIsUnavailableAndTheRefusalSaysSo() {
        for (String malformed : List.of("host:port", "host:70000", ":1", "a b:1", "/socket")) {
            assertThat(refusal(malformed))
                    .as(malformed)
                    .isInstanceOfSatisfying(Refusal.Unavailable.class, unavailable -> assertThat(unavailable.problem())
                            .contains("'" + malformed + "'"));
        }
    }

    private static Refusal refusal(String endpoint) {
        try (var agents = new GrpcAgents(_ -> Optional.of(endpoint))) {
            var refused = new Refusal[1];
            assertThatThrownBy(() -> agents.at(NODE).pools())
                    .isInstanceOfSatisfying(RefusalException.class, thrown -> refused[0] = thrown.refusal());
            return refused[0];
        }
    }
}
