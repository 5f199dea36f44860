package io.orlop.control.keyspace.etcd;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.retry.RetryRegistry;
import io.github.resilience4j.timelimiter.TimeLimiterRegistry;

/// Where the protections of calls to the store are registered, under the name `store`: a process that shows its meters
/// reads them there.
public record StorePolicies(CircuitBreakerRegistry breakers, RetryRegistry retries, TimeLimiterRegistry limiters) {
    public static StorePolicies ofDefaults() {
        return new StorePolicies(
                CircuitBreakerRegistry.ofDefaults(), RetryRegistry.ofDefaults(), TimeLimiterRegistry.ofDefaults());
    }
}
