package io.orlop.volume;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.view.ClusterView;
import io.orlop.wire.service.Nexuses;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Volumes;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/// One life of the service over a cluster that outlives it.
final class VolumeProcess implements AutoCloseable {
    static final String LEADER = Layout.DEFAULT.leader("volumes");
    static final VolumeSettings QUICK = VolumeSettings.DEFAULT
            .withPace(LoopSettings.named("volumes").every(Duration.ofMillis(50)))
            .withFaultedChildWait(Duration.ofMillis(50));
    /// Nothing is given up, and nothing is looked at again but for a reason.
    static final VolumeSettings PATIENT = VolumeSettings.DEFAULT
            .withPace(LoopSettings.named("volumes").every(Duration.ofHours(1)))
            .withFaultedChildWait(Duration.ofHours(1));

    final VolumeService service;
    final Runs runs = new Runs();
    final Crashable crashable;
    private final Leadership leadership;
    private final ClusterView view;

    /// A copy that is in office when this returns.
    VolumeProcess(FakeCluster cluster, FakePools pools, FakeNexuses nexuses, Crashable crashable) {
        this(cluster, pools, nexuses, crashable, QUICK, new Lateness());
        await(this::inOffice);
    }

    /// A copy that may follow.
    VolumeProcess(
            FakeCluster cluster,
            FakePools pools,
            FakeNexuses nexuses,
            Crashable crashable,
            VolumeSettings settings,
            Lateness lateness) {
        this.leadership = new Leadership(
                cluster.ambient,
                new LocalKeyspace(cluster.store, cluster.ambient),
                LEADER,
                "copy-" + System.identityHashCode(this),
                Duration.ofSeconds(10));
        this.view = ClusterView.open(
                cluster.ambient,
                lateness.of(new LocalKeyspace(cluster.store, cluster.ambient)),
                Layout.DEFAULT,
                cluster.registry());
        this.crashable = crashable;
        this.service = new VolumeService(
                cluster.ambient,
                crashable.through(Keyspace.class, new LocalKeyspace(cluster.store, cluster.ambient)),
                Layout.DEFAULT,
                crashable.through(Pools.class, pools),
                crashable.through(Nexuses.class, nexuses),
                view,
                leadership,
                settings,
                runs);
        service.start();
    }

    Volumes door() {
        return service.door();
    }

    boolean inOffice() {
        return service.owner().isInOffice();
    }

    /// Nothing runs, and nothing is about to.
    boolean idle() {
        return service.loop.isIdle();
    }

    /// Another copy may lead at once, and this one knows.
    void resign() {
        leadership.close();
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
        view.close();
    }
}
