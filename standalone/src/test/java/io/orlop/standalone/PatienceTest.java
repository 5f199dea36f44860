package io.orlop.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PatienceTest {
    private final FastForward time = new FastForward();
    private final List<String> said = new ArrayList<>();
    private final Patience patience = new Patience(time, said::add, Duration.ofMinutes(5));

    static List<Refusal> notNow() {
        return List.of(
                new Refusal.Unavailable("this copy of the registry does not lead", "ask the leader"),
                new Refusal.Conflict("another operation on pool p is in progress", "retry"),
                new Refusal.TimedOut("no answer", "retry"),
                new Refusal.Aborted("not ready yet", "retry"));
    }

    @ParameterizedTest
    @MethodSource("notNow")
    void notNowIsAskedAgainUntilThereIsAnAnswer(Refusal refusal) throws Exception {
        String answer = patience.until("an answer", () -> {
            if (time.nanos() < Duration.ofMinutes(2).toNanos()) throw refusal.exception();
            return Optional.of("yes");
        });

        assertThat(answer).isEqualTo("yes");
    }

    @Test
    void noIsPassedOnAtOnce() {
        var refusal = new Refusal.Invalid("a pool with two disks", "give one");

        assertThatThrownBy(() -> patience.until("a pool", () -> {
                    throw refusal.exception();
                }))
                .isInstanceOfSatisfying(RefusalException.class, thrown -> assertThat(thrown.refusal())
                        .isEqualTo(refusal));
        assertThat(time.nanos()).isZero();
    }

    @Test
    void whatTakesLongIsSaidOnceAMinuteWithTheReason() throws Exception {
        patience.await("node-1 to register", () -> {
            if (time.nanos() >= Duration.ofSeconds(100).toNanos()) return true;
            throw new Refusal.Unavailable("the registry does not lead", "ask the leader").exception();
        });

        assertThat(said)
                .containsExactly(
                        "waiting for node-1 to register (the registry does not lead)",
                        "waiting for node-1 to register (the registry does not lead)");
    }

    @Test
    void whatIsThereSoonIsNotSaid() throws Exception {
        patience.await(
                "node-1 to register",
                () -> time.nanos() >= Duration.ofSeconds(2).toNanos());

        assertThat(said).isEmpty();
    }

    @Test
    void givesUpAfterMinutesAndSaysForWhatItWaited() {
        assertThatThrownBy(() -> patience.await("node-1 to register", () -> false))
                .isInstanceOf(StartRefused.class)
                .hasMessageContaining("waited 300 s for node-1 to register");
        assertThat(Duration.ofNanos(time.nanos())).isBetween(Duration.ofMinutes(5), Duration.ofSeconds(301));
    }

    @Test
    void asksNobodyLessOftenThanFourTimesASecond() throws Exception {
        var asked = new ArrayList<Long>();
        patience.await("a minute to pass", () -> {
            asked.add(time.nanos());
            return time.nanos() >= Duration.ofMinutes(1).toNanos();
        });

        for (int i = 1; i < asked.size(); i++) {
            assertThat(asked.get(i) - asked.get(i - 1))
                    .isLessThanOrEqualTo(Duration.ofMillis(250).toNanos());
        }
        assertThat(asked).hasSizeLessThan(1000);
    }
}
