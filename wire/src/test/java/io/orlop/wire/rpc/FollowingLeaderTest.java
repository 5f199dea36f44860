package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Context;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.NoAnswerException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FollowingLeaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    interface Counter {
        /// Changes something: may not be asked twice.
        String increment();

        @Repeatable
        String value();

        Feed<String> watch();
    }

    private final HastyAmbient ambient = new HastyAmbient();
    private final List<String> asked = new ArrayList<>();
    /// What each copy says now; what the door says is under its name.
    private final Map<String, Supplier<String>> copies = new TreeMap<>();

    private final Counter counter = FollowingLeader.of(Counter.class, ambient, copy("door"), this::copy, PATIENCE);

    @Test
    void aCallGoesToTheCopyThatLeads() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "1");
        // When
        String answer = counter.increment();
        // Then
        assertThat(answer).isEqualTo("1");
        assertThat(asked).containsExactly("door", "a");
    }

    @Test
    void theNextCallGoesThereAtOnce() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "1");
        counter.increment();
        asked.clear();
        // When
        counter.increment();
        // Then
        assertThat(asked).containsExactly("a");
    }

    @Test
    void aRefusalOfTheLeaderIsTheAnswer() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", refusing(new Refusal.NotFound("gone", "look")));
        // When, Then
        assertThatThrownBy(counter::increment).hasMessage("gone: look");
        assertThatThrownBy(counter::increment).hasMessage("gone: look");
        assertThat(asked).containsExactly("door", "a", "a");
    }

    @Test
    void whileNobodyLeadsItWaitsLongerEachTimeAndAsksAtTheDoor() {
        // Given
        copies.put("door", () -> asked.size() < 8 ? notLeading(null).get() : "1");
        // When
        String answer = counter.increment();
        // Then
        assertThat(answer).isEqualTo("1");
        assertThat(ambient.slept.stream().map(Duration::toMillis))
                .containsExactly(50L, 100L, 200L, 400L, 800L, 1000L, 1000L);
    }

    @Test
    void itsPatienceEnds() {
        // Given
        copies.put("door", notLeading(null));
        // When, Then
        assertThatThrownBy(counter::increment)
                .isInstanceOfSatisfying(RefusalException.class, refused -> assertThat(refused.refusal())
                        .isInstanceOf(Refusal.NotLeader.class));
        assertThat(ambient.nanos()).isEqualTo(PATIENCE.toNanos());
    }

    @Test
    void itDoesNotWaitForACallerThatLeft() {
        // Given
        copies.put("door", notLeading(null));
        Context.CancellableContext left = Context.current().withCancellation();
        left.cancel(null);
        // When, Then
        left.run(() -> assertThatThrownBy(counter::increment).isInstanceOf(RefusalException.class));
        assertThat(ambient.slept).isEmpty();
    }

    @Test
    void copiesThatSendItInACircleAreAskedOnceBetweenPauses() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", notLeading("b"));
        copies.put("b", () -> ambient.slept.isEmpty() ? notLeading("a").get() : "1");
        // When
        String answer = counter.increment();
        // Then
        assertThat(answer).isEqualTo("1");
        assertThat(asked).containsExactly("door", "a", "b", "door", "a", "b");
        assertThat(ambient.slept).hasSize(1);
    }

    @Test
    void aQuestionToALeaderThatFellSilentIsAskedAgainAtTheDoor() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "1");
        counter.value();
        copies.put("a", silent());
        copies.put("door", notLeading("b"));
        copies.put("b", () -> "2");
        asked.clear();
        // When
        String answer = counter.value();
        // Then
        assertThat(answer).isEqualTo("2");
        assertThat(asked).containsExactly("a", "door", "b");
    }

    @Test
    void aChangeThatMayHaveHappenedIsNotMadeTwice() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "1");
        counter.increment();
        copies.put("a", silent());
        copies.put("door", () -> "2");
        asked.clear();
        // When, Then
        assertThatThrownBy(counter::increment).isInstanceOf(NoAnswerException.class);
        assertThat(asked).containsExactly("a");
        assertThat(counter.increment()).isEqualTo("2");
    }

    @Test
    void aChangeThatWasNotSentIsMadeElsewhere() {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "1");
        counter.increment();
        copies.put("a", () -> {
            throw NoAnswerException.unasked(new Refusal.Unavailable("a has not been answering", "wait"));
        });
        copies.put("door", () -> "2");
        // When, Then
        assertThat(counter.increment()).isEqualTo("2");
    }

    @Test
    void silenceAtTheDoorIsTheAnswer() {
        // Given
        copies.put("door", silent());
        // When, Then
        assertThatThrownBy(counter::value).isInstanceOf(NoAnswerException.class);
        assertThat(asked).containsExactly("door");
    }

    @Test
    void aFeedIsOpenedAtTheLeader() throws InterruptedException {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "fact");
        // When
        try (Feed<String> feed = counter.watch()) {
            // Then
            assertThat(feed.next()).isEqualTo("fact");
            assertThat(feed.next()).isEqualTo("fact");
        }
        assertThat(asked).containsExactly("door", "a", "a");
    }

    @Test
    void aFeedWhoseCopyLostTheLeadLeadsTheNextOneToTheRightPlace() throws InterruptedException {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "fact");
        Feed<String> first = counter.watch();
        first.next();
        copies.put("a", notLeading("b"));
        copies.put("b", () -> "fact of b");
        // When
        assertThatThrownBy(first::next).isInstanceOf(RefusalException.class);
        asked.clear();
        String next = counter.watch().next();
        // Then
        assertThat(next).isEqualTo("fact of b");
        assertThat(asked).containsExactly("b");
    }

    @Test
    void aFeedWhoseCopyFellSilentLeadsTheNextOneToTheDoor() throws InterruptedException {
        // Given
        copies.put("door", notLeading("a"));
        copies.put("a", () -> "fact");
        Feed<String> first = counter.watch();
        first.next();
        copies.put("a", silent());
        copies.put("door", () -> "fact at the door");
        // When
        assertThatThrownBy(first::next).isInstanceOf(NoAnswerException.class);
        // Then
        assertThat(counter.watch().next()).isEqualTo("fact at the door");
    }

    private Counter copy(String name) {
        return new Counter() {
            @Override
            public String increment() {
                return said();
            }

            @Override
            public String value() {
                return said();
            }

            @Override
            public Feed<String> watch() {
                return new Feed<>() {
                    @Override
                    public String next() {
                        return said();
                    }

                    @Override
                    public void close() {}
                };
            }

            private String said() {
                asked.add(name);
                Supplier<String> answer = copies.get(name);
                if (answer == null) throw new AssertionError("nobody should ask " + name);
                return answer.get();
            }
        };
    }

    private static Supplier<String> notLeading(@Nullable String leader) {
        return refusing(new Refusal.NotLeader("this copy does not lead", "ask the leader", leader));
    }

    private static Supplier<String> refusing(Refusal refusal) {
        return () -> {
            throw refusal.exception();
        };
    }

    private static Supplier<String> silent() {
        return () -> {
            throw new NoAnswerException(new Refusal.Unavailable("cannot be reached", "wait"));
        };
    }
}
