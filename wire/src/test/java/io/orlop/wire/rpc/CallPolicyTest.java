package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Status;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.NoAnswerException;
import io.orlop.wire.status.RefusalStatus;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class CallPolicyTest {
    private static final int MANY = 100;

    private final CallPolicy.Registries registries = CallPolicy.Registries.ofDefaults();
    private final CallPolicy policy = CallPolicy.to("volumes", registries);
    private final AtomicInteger arrived = new AtomicInteger();

    @Test
    void aPeerThatSaysNothingIsLeftInPeace() {
        callOften(this::nothing);
        assertThat(arrived).hasValueLessThan(MANY);
        assertThatThrownBy(() -> policy.call(false, () -> "here"))
                .hasMessageStartingWith("volumes has not been answering");
    }

    @Test
    void aPeerThatAnswersThatSomebodyBehindItIsAwayIsThere() {
        callOften(this::notLeading);
        assertThat(arrived).hasValue(MANY);
        assertThat(policy.<String>call(false, () -> "here")).isEqualTo("here");
    }

    @Test
    void theFirstAnswerEndsThePeace() {
        callOften(this::nothing);
        breaker().transitionToHalfOpenState();
        assertThat(policy.<String>call(false, () -> "here")).isEqualTo("here");
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void silenceWhereAnAnswerWasHopedForKeepsThePeace() {
        callOften(this::nothing);
        breaker().transitionToHalfOpenState();
        assertThatThrownBy(() -> policy.call(false, this::nothing)).isInstanceOf(NoAnswerException.class);
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void whatMayBeRepeatedIsAskedAgainOfAPeerThatIsNotReady() {
        assertThat(policy.<String>call(true, () -> arrived.get() < 2 ? notLeading() : "here"))
                .isEqualTo("here");
        assertThat(arrived).hasValue(2);
    }

    private void callOften(Supplier<String> call) {
        for (int i = 0; i < MANY; i++)
            assertThatThrownBy(() -> policy.call(false, call)).isInstanceOf(RefusalException.class);
    }

    private CircuitBreaker breaker() {
        return registries.breakers().circuitBreaker("volumes");
    }

    private String nothing() {
        arrived.incrementAndGet();
        throw RefusalStatus.understood("volumes", Status.UNAVAILABLE.asRuntimeException());
    }

    private String notLeading() {
        arrived.incrementAndGet();
        throw RefusalStatus.understood(
                "volumes", RefusalStatus.exception(new Refusal.Unavailable("nobody leads yet", "try again")));
    }
}
