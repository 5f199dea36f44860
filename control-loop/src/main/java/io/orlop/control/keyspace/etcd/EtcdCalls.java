package io.orlop.control.keyspace.etcd;

import io.etcd.jetcd.common.exception.EtcdException;
import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.github.resilience4j.timelimiter.TimeLimiter;
import io.github.resilience4j.timelimiter.TimeLimiterConfig;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.control.keyspace.StoreUnavailableException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How the store is called: for a limited time, not at all while it is known to be away, and again if repeating is
/// safe. jetcd's own retries are off, because they know neither of these. Whoever is interrupted while it waits learns
/// nothing about the store, and neither do we.
final class EtcdCalls {
    private final TimeLimiter limiter;
    private final CircuitBreaker breaker;
    private final Retry retry;
    private volatile boolean online;

    EtcdCalls(Duration timeout, StorePolicies policies) {
        this.limiter = policies.limiters()
                .timeLimiter(
                        "store",
                        TimeLimiterConfig.custom().timeoutDuration(timeout).build());
        this.breaker = policies.breakers()
                .circuitBreaker(
                        "store",
                        CircuitBreakerConfig.custom()
                                .slidingWindowSize(20)
                                .minimumNumberOfCalls(10)
                                .waitDurationInOpenState(Duration.ofSeconds(1))
                                .recordException(StoreUnavailableException.class::isInstance)
                                .ignoreException(EtcdCalls::isOursAlone)
                                .build());
        this.retry = policies.retries()
                .retry(
                        "store",
                        RetryConfig.custom()
                                .maxAttempts(3)
                                .intervalFunction(
                                        IntervalFunction.ofExponentialRandomBackoff(Duration.ofMillis(100), 2))
                                .retryOnException(
                                        failed -> failed instanceof StoreUnavailableException && !isOursAlone(failed))
                                .build());
    }

    boolean online() {
        return online;
    }

    /// A call that reads, or that changes the same however often it is made.
    <R> R repeatable(String name, Supplier<CompletableFuture<R>> call) {
        return asked(name, call).value();
    }

    /// The same for somebody to whom a refusal is an answer.
    <R> Answer<R> asked(String name, Supplier<CompletableFuture<R>> call) {
        return Retry.decorateSupplier(retry, () -> withToken(name, false, call)).get();
    }

    /// A call that is made once: if no answer comes, nobody knows.
    <R> R once(String name, Supplier<CompletableFuture<R>> call) {
        return withToken(name, true, call).value();
    }

    /// What was refused for its token was not done, and the next call brings a new one.
    private <R> Answer<R> withToken(String name, boolean changing, Supplier<CompletableFuture<R>> call) {
        Answer<R> answer = guarded(name, changing, call);
        return answer instanceof Answer.Refused<R> refused && refused.isStaleToken()
                ? guarded(name, changing, call)
                : answer;
    }

    private <R> Answer<R> guarded(String name, boolean changing, Supplier<CompletableFuture<R>> call) {
        try {
            return breaker.executeSupplier(() -> answered(name, changing, call));
        } catch (CallNotPermittedException open) {
            throw StoreUnavailableException.untouched(name, "it has not been answering", null);
        }
    }

    private <R> Answer<R> answered(String name, boolean changing, Supplier<CompletableFuture<R>> call) {
        try {
            R answer = limiter.executeFutureSupplier(call);
            online = true;
            return new Answer.Given<>(answer);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw unavailable(name, changing, "interrupted", interrupted);
        } catch (TimeoutException _) {
            online = false;
            throw unavailable(
                    name,
                    changing,
                    "no answer in " + limiter.getTimeLimiterConfig().getTimeoutDuration(),
                    null);
        } catch (ExecutionException failed) {
            return refusal(name, changing, failed.getCause() == null ? failed : failed.getCause());
        } catch (Exception failed) {
            return refusal(name, changing, failed);
        }
    }

    /// @throws StoreUnavailableException if it is not known that the store itself said no
    private <R> Answer<R> refusal(String name, boolean changing, Throwable cause) {
        // jetcd lets some of gRPC's exceptions through as they are.
        EtcdException etcd = EtcdExceptionFactory.toEtcdException(cause);
        String why = String.valueOf(etcd.getMessage());
        return switch (etcd.getErrorCode()) {
            case UNAVAILABLE, INTERNAL, DEADLINE_EXCEEDED, CANCELLED, ABORTED, UNKNOWN -> {
                online = false;
                throw unavailable(name, changing && !neverSent(etcd), why, etcd);
            }
            case UNAUTHENTICATED -> {
                // What became of the call that fetches the token is the cause of this one's failure.
                online = !isAway(etcd);
                if (!online) throw unavailable(name, false, why, etcd);
                yield new Answer.Refused<>(name, etcd.getErrorCode(), deepest(etcd));
            }
            case NOT_FOUND,
                    INVALID_ARGUMENT,
                    ALREADY_EXISTS,
                    PERMISSION_DENIED,
                    RESOURCE_EXHAUSTED,
                    FAILED_PRECONDITION,
                    OUT_OF_RANGE,
                    UNIMPLEMENTED,
                    DATA_LOSS -> {
                online = true;
                yield new Answer.Refused<>(name, etcd.getErrorCode(), why);
            }
        };
    }

    private static boolean isOursAlone(Throwable failed) {
        return failed.getCause() instanceof InterruptedException;
    }

    private static boolean isAway(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof StatusRuntimeException status
                    && status.getStatus().getCode() == Status.Code.UNAVAILABLE) return true;
        }
        return false;
    }

    private static String deepest(Throwable thrown) {
        Throwable deepest = thrown;
        while (deepest.getCause() != null) deepest = deepest.getCause();
        return String.valueOf(deepest.getMessage());
    }

    private static boolean neverSent(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException || cause instanceof UnknownHostException) return true;
        }
        return false;
    }

    private static StoreUnavailableException unavailable(
            String name, boolean changing, String why, @Nullable Throwable cause) {
        return changing
                ? StoreUnavailableException.outcomeUnknown(name, why, cause)
                : StoreUnavailableException.untouched(name, why, cause);
    }
}
