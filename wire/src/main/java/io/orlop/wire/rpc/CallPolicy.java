package io.orlop.wire.rpc;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadFullException;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.retry.RetryRegistry;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.CallerGoneException;
import io.orlop.wire.status.NoAnswerException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How calls to one peer are protected: not too many at once, none while the peer is known to be away (but one a
/// second, whose answer ends it), and again where repeating is safe. A time limit is the call's own deadline. A caller
/// that left before the answer came says nothing about the peer, neither that it is there nor that it is away.
public final class CallPolicy {
    private final String peer;
    private final Bulkhead bulkhead;
    private final CircuitBreaker breaker;
    private final Retry retry;

    private CallPolicy(String peer, Bulkhead bulkhead, CircuitBreaker breaker, Retry retry) {
        this.peer = peer;
        this.bulkhead = bulkhead;
        this.breaker = breaker;
        this.retry = retry;
    }

    /// The registries of one process; its meters come from them.
    public record Registries(CircuitBreakerRegistry breakers, RetryRegistry retries, BulkheadRegistry bulkheads) {
        public static Registries ofDefaults() {
            return new Registries(
                    CircuitBreakerRegistry.ofDefaults(), RetryRegistry.ofDefaults(), BulkheadRegistry.ofDefaults());
        }

        /// Lets go of a peer that will not be called again.
        void forget(String peer) {
            breakers.remove(peer);
            retries.remove(peer);
            bulkheads.remove(peer);
        }
    }

    public static CallPolicy to(String peer, Registries registries) {
        return new CallPolicy(
                peer,
                registries
                        .bulkheads()
                        .bulkhead(
                                peer,
                                BulkheadConfig.custom()
                                        .maxConcurrentCalls(256)
                                        .maxWaitDuration(Duration.ofSeconds(1))
                                        .build()),
                registries
                        .breakers()
                        .circuitBreaker(
                                peer,
                                CircuitBreakerConfig.custom()
                                        .slidingWindowSize(20)
                                        .minimumNumberOfCalls(10)
                                        .waitDurationInOpenState(Duration.ofSeconds(1))
                                        .permittedNumberOfCallsInHalfOpenState(1)
                                        .recordException(NoAnswerException.class::isInstance)
                                        .ignoreException(CallerGoneException.class::isInstance)
                                        .build()),
                registries
                        .retries()
                        .retry(
                                peer,
                                RetryConfig.custom()
                                        .maxAttempts(3)
                                        .intervalFunction(
                                                IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2))
                                        .retryOnException(CallPolicy::maySucceedLater)
                                        .build()));
    }

    public <T extends @Nullable Object> T call(boolean repeatable, Supplier<T> call) {
        Supplier<T> guarded = Bulkhead.decorateSupplier(bulkhead, CircuitBreaker.decorateSupplier(breaker, call));
        if (repeatable) guarded = Retry.decorateSupplier(retry, guarded);
        try {
            return guarded.get();
        } catch (CallNotPermittedException open) {
            throw NoAnswerException.unasked(
                    new Refusal.Unavailable(peer + " has not been answering", "try again in a few seconds"));
        } catch (BulkheadFullException full) {
            throw new Refusal.Aborted("too many calls to %s are under way".formatted(peer), "try again").exception();
        }
    }

    /// But not at a copy that does not lead: where to ask then is for [FollowingLeader] to say. And not for a caller
    /// that does not wait for it.
    private static boolean maySucceedLater(Throwable thrown) {
        return thrown instanceof RefusalException refused
                && !(refused instanceof CallerGoneException)
                && refused.refusal().passing()
                && !(refused.refusal() instanceof Refusal.NotLeader);
    }
}
