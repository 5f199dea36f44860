package io.orlop.simulation.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Signal;
import io.orlop.simulation.SeededAmbient;
import io.orlop.simulation.SeededScheduler;
import io.orlop.simulation.SeededTest;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;

/// What a copy knows when it is about to take office, after its stream from the registry broke.
class ClusterViewTest {
    private static final NodeId NODE = new NodeId("n");
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// A registry that leads or does not, and shows one node at an address that changes.
    private static final class Registering {
        final SeededAmbient process;
        boolean leads = true;
        int streams;
        String address = "a:1";

        Registering(SeededAmbient process) {
            this.process = process;
        }

        Registry registry() {
            return (Registry) Proxy.newProxyInstance(
                    Registry.class.getClassLoader(), new Class<?>[] {Registry.class}, (_, _, _) -> stream());
        }

        private Feed<Observation> stream() {
            if (!leads) throw away();
            var at = new Cursor("e" + ++streams, 1);
            Signal broken = process.signal();
            return new Feed<>() {
                private boolean told;

                @Override
                public Observation next() throws InterruptedException {
                    while (told && leads) broken.await(Duration.ofMillis(100));
                    if (!leads) throw away();
                    told = true;
                    var node = new NodeState(NODE, address, NodeStatus.ONLINE, null, null, "one");
                    return new Observation(at, List.of(new News.Seen(new Fact.Node(node))), true, true);
                }

                @Override
                public void close() {}
            };
        }

        private static RuntimeException away() {
            return new Refusal.Unavailable("no registry", "wait").exception();
        }
    }

    private ClusterView view(SeededScheduler scheduler, Registering registering) {
        var keyspace = new LocalKeyspace(new LocalStore(scheduler.process("store")), registering.process);
        return ClusterView.open(registering.process, keyspace, Layout.DEFAULT, registering.registry());
    }

    /// @return whether it may take office
    private static boolean awaits(SeededScheduler scheduler, SeededAmbient process, ClusterView view) throws Exception {
        return scheduler.call(process, () -> view.awaitObserved(PATIENCE));
    }

    @SeededTest(seeds = 30)
    void whoFollowedABrokenStreamWaitsForOneThatStands(SeededScheduler scheduler) throws Exception {
        // Given a view whose stream broke an hour ago
        var registering = new Registering(scheduler.process("p"));
        ClusterView view = view(scheduler, registering);
        assertThat(awaits(scheduler, registering.process, view)).isTrue();
        registering.leads = false;
        scheduler.runFor(Duration.ofHours(1));
        // When the registry leads again, a moment after the copy has begun to wait
        registering.process.start("registry", () -> {
            try {
                registering.process.sleep(
                        Duration.ofMillis(registering.process.random().nextInt(2_000)));
                registering.address = "a:2";
                registering.leads = true;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        // Then it knows what is there now
        assertThat(awaits(scheduler, registering.process, view)).isTrue();
        assertThat(view.seen().node(NODE).orElseThrow().grpcEndpoint()).isEqualTo("a:2");
    }

    @SeededTest(seeds = 10)
    void whereNobodyTellsWhatWasKnownHasToDo(SeededScheduler scheduler) throws Exception {
        var registering = new Registering(scheduler.process("p"));
        ClusterView view = view(scheduler, registering);
        assertThat(awaits(scheduler, registering.process, view)).isTrue();
        registering.leads = false;
        scheduler.runFor(Duration.ofHours(1));
        Duration before = scheduler.elapsed();
        assertThat(awaits(scheduler, registering.process, view)).isTrue();
        assertThat(scheduler.elapsed().minus(before)).isEqualTo(PATIENCE);
    }

    @SeededTest(seeds = 10)
    void whoHasNeverHeardOfAnythingKnowsNothing(SeededScheduler scheduler) throws Exception {
        var registering = new Registering(scheduler.process("p"));
        registering.leads = false;
        ClusterView view = view(scheduler, registering);
        assertThat(awaits(scheduler, registering.process, view)).isFalse();
    }
}
