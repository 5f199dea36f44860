package io.orlop.control.spring;

import io.orlop.control.owner.Owner;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether this copy can be called: it has read what the store holds. One that follows is ready, too: it tells its
/// callers where the leader is, and leads soon when it must.
final class OwnerHealth implements HealthIndicator {
    private final Owner owner;

    OwnerHealth(Owner owner) {
        this.owner = owner;
    }

    @Override
    public Health health() {
        Health.Builder health = owner.isReady() ? Health.up() : Health.outOfService();
        return health.withDetail("in_office", owner.isInOffice()).build();
    }
}
