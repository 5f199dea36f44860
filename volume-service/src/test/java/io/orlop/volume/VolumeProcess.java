package io.orlop.volume;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.observed.ObservedCluster;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// One life of the service over a cluster that outlives it.
final class VolumeProcess implements AutoCloseable {
    private static final VolumeSettings QUICK =
            new VolumeSettings(Duration.ofMillis(50), Duration.ofMillis(50), 10, Duration.ofSeconds(10));

    final VolumeService service;
    private final Leadership leadership;
    private final ObservedCluster observed;
    private final Crashable crashable;

    VolumeProcess(FakeCluster cluster, FakePools pools, FakeNexuses nexuses, Crashable crashable) {
        var own = new LocalKeyspace(cluster.store, Ambient.system());
        this.leadership =
                new Leadership(Ambient.system(), own, Layout.DEFAULT.leader("volumes"), "one", Duration.ofSeconds(10));
        this.observed = ObservedCluster.follow(Ambient.system(), cluster.registry());
        this.crashable = crashable;
        this.service = new VolumeService(
                Ambient.system(),
                crashable.through(Keyspace.class, new LocalKeyspace(cluster.store, Ambient.system())),
                Layout.DEFAULT,
                crashable.through(Pools.class, pools),
                crashable.through(Nexuses.class, nexuses),
                observed,
                leadership,
                QUICK,
                LoopObserver.NONE);
        service.start();
        await(() -> leadership.isLeading() && service.isReady() && observed.isCurrent());
    }

    static void await(BooleanSupplier fact) {
        try {
            for (int i = 0; i < 4000; i++) {
                if (fact.getAsBoolean()) return;
                Thread.sleep(5);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new AssertionError("it never came true");
    }

    /// Dead is dead: only the lease is given back, so that nobody waits for it to run out.
    @Override
    public void close() {
        if (!crashable.dead()) service.close();
        leadership.close();
        observed.close();
    }
}
