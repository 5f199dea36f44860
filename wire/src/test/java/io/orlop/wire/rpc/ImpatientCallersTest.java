package io.orlop.wire.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.CallerGoneException;
import io.orlop.wire.status.NoAnswerException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// ```
///   a caller ──► Outer ──► Inner, which is slow
/// ```
class ImpatientCallersTest {
    private static final int MANY = 40;

    interface Outer {
        String change();

        @Repeatable
        String changeAgain();

        @Question
        String ask();
    }

    interface Inner {
        String change();

        @Repeatable
        String changeAgain();

        @Question
        String ask();
    }

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final CallPolicy.Registries registries = CallPolicy.Registries.ofDefaults();
    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private final CountDownLatch changed = new CountDownLatch(1);
    private final CountDownLatch leftAlone = new CountDownLatch(1);
    private Outer outer;
    private Inner inner;

    @BeforeEach
    void serve() throws IOException {
        inner = served(Inner.class, new Inner() {
            @Override
            public String change() {
                return ask();
            }

            @Override
            public String changeAgain() {
                return ask();
            }

            @Override
            public String ask() {
                asked.countDown();
                try {
                    answer.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                return "done";
            }
        });
        outer = served(Outer.class, new Outer() {
            @Override
            public String change() {
                String done = inner.change();
                changed.countDown();
                return done;
            }

            @Override
            public String changeAgain() {
                String done = inner.changeAgain();
                changed.countDown();
                return done;
            }

            @Override
            public String ask() {
                try {
                    return inner.ask();
                } catch (CallerGoneException gone) {
                    leftAlone.countDown();
                    throw gone;
                }
            }
        });
    }

    private <T> T served(Class<T> contract, T service) throws IOException {
        String address = "impatient-" + contract.getSimpleName();
        servers.add(InProcessServerBuilder.forName(address)
                .executor(executor)
                .addService(RpcServer.of(contract, service))
                .build()
                .start());
        return client(contract, address, Duration.ofSeconds(30));
    }

    private <T> T client(Class<T> contract, String address, Duration deadline) {
        ManagedChannel channel = InProcessChannelBuilder.forName(address).build();
        channels.add(channel);
        return RpcClient.of(contract, channel, CallPolicy.to(contract.getSimpleName(), registries), deadline);
    }

    @AfterEach
    void stop() {
        answer.countDown();
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        executor.shutdownNow();
        clock.shutdownNow();
    }

    @Test
    void callersWhoseDeadlinePassesSayNothingOfThePeer() {
        // When
        for (int i = 0; i < MANY; i++) {
            try (var hurried = Context.current().withDeadlineAfter(1, TimeUnit.MILLISECONDS, clock)) {
                hurried.run(() -> assertThatThrownBy(inner::change)
                        .isInstanceOfSatisfying(RefusalException.class, this::timedOut));
            }
        }
        // Then
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        answer.countDown();
        assertThat(inner.change()).isEqualTo("done");
    }

    @Test
    void callersWhoCancelSayNothingOfThePeer() {
        // When
        for (int i = 0; i < MANY; i++) {
            Context.CancellableContext leaving = Context.current().withCancellation();
            leaving.cancel(null);
            leaving.run(() -> assertThatThrownBy(inner::ask).isInstanceOf(CallerGoneException.class));
        }
        // Then
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
    }

    @Test
    void aPeerThatIsSlowerThanOurLimitIsSilentThoughTheCallerWaits() {
        // Given
        // Long enough for each call to begin: one that comes too late is answered, and an answer is no silence.
        Inner limited = client(Inner.class, "impatient-Inner", Duration.ofMillis(50));
        // When
        for (int i = 0; i < MANY; i++) {
            assertThatThrownBy(limited::change).isInstanceOf(NoAnswerException.class);
        }
        // Then
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.OPEN);
    }

    @Test
    void callersWhoLeaveSayNothingOfThePeersBehindThePeer() throws Exception {
        // When
        for (int i = 0; i < MANY; i++) {
            try (var hurried = Context.current().withDeadlineAfter(5, TimeUnit.MILLISECONDS, clock)) {
                hurried.run(() ->
                        assertThatThrownBy(outer::ask).isInstanceOfSatisfying(RefusalException.class, this::timedOut));
            }
        }
        // Then
        assertThat(breaker().getState()).isEqualTo(CircuitBreaker.State.CLOSED);
        answer.countDown();
        assertThat(outer.ask()).isEqualTo("done");
    }

    @Test
    void aChangeThatWasBegunGoesOnWithoutItsCaller() throws Exception {
        goesOn(() -> outer.change());
    }

    /// That it may be sent twice does not make a question of it.
    @Test
    void aChangeThatMayBeRepeatedGoesOnWithoutItsCaller() throws Exception {
        goesOn(() -> outer.changeAgain());
    }

    private void goesOn(Callable<String> change) throws Exception {
        // Given
        Context.CancellableContext leaving = Context.current().withCancellation();
        Future<?> caller = executor.submit(leaving.wrap(change));
        asked.await();
        // When
        leaving.cancel(null);
        assertThatThrownBy(caller::get).hasCauseInstanceOf(CallerGoneException.class);
        answer.countDown();
        // Then
        changed.await();
    }

    @Test
    void aQuestionEndsWithItsCaller() throws Exception {
        // Given
        Context.CancellableContext leaving = Context.current().withCancellation();
        executor.submit(leaving.wrap(() -> outer.ask()));
        asked.await();
        // When
        leaving.cancel(null);
        // Then
        leftAlone.await();
    }

    @Test
    void aChangeThatComesTooLateIsNotBegun() throws Exception {
        // Given
        var held = new ArrayList<Runnable>();
        servers.add(InProcessServerBuilder.forName("held")
                .executor(held::add)
                .addService(RpcServer.of(Inner.class, new Inner() {
                    @Override
                    public String change() {
                        asked.countDown();
                        return "done";
                    }

                    @Override
                    public String changeAgain() {
                        return change();
                    }

                    @Override
                    public String ask() {
                        return change();
                    }
                }))
                .build()
                .start());
        Inner late = client(Inner.class, "held", Duration.ofMillis(20));
        assertThatThrownBy(late::change).isInstanceOf(NoAnswerException.class);
        // When
        while (!held.isEmpty()) held.removeFirst().run();
        // Then
        assertThat(asked.getCount()).isOne();
    }

    /// Said by our end of the line, or by a server that noticed first.
    private void timedOut(RefusalException refused) {
        assertThat(refused.refusal()).isInstanceOf(Refusal.TimedOut.class);
        assertThat(refused).isNotInstanceOf(NoAnswerException.class);
    }

    private CircuitBreaker breaker() {
        return registries.breakers().circuitBreaker("Inner");
    }
}
