package io.orlop.dataplane.pool;

import java.util.UUID;

/// A replica as the pool's metadata has it: which cluster of the disk holds which of its own.
///
/// The map is written under the pool's lock only; readers see a cluster before or after it was assigned, and hold the
/// volume's [LogicalVolume] lock against its being taken away.
final class Volume {
    final UUID uuid;
    final String name;
    final boolean thin;
    volatile ReplicaProperties properties;
    final ClusterMap clusters;

    Volume(Fact.OfVolume fact) {
        this.uuid = fact.uuid();
        this.name = fact.name();
        this.thin = fact.thin();
        this.properties = fact.properties();
        this.clusters = new ClusterMap(fact.clusters());
    }
}
