package io.orlop.control.spring;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.leadership.Leadership;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/// Whether the store answers; and, for who wants to know, who leads.
final class StoreHealth implements HealthIndicator {
    private final Keyspace keyspace;
    private final Leadership leadership;

    StoreHealth(Keyspace keyspace, Leadership leadership) {
        this.keyspace = keyspace;
        this.leadership = leadership;
    }

    @Override
    public Health health() {
        Health.Builder health = keyspace.online() ? Health.up() : Health.down();
        return health.withDetail("leading", leadership.isLeading())
                .withDetail("leader", leadership.leader().orElse("nobody"))
                .build();
    }
}
