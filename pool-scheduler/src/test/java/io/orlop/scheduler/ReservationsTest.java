package io.orlop.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.control.keyspace.Layout;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.view.ClusterView;
import io.orlop.model.Bytes;
import io.orlop.model.ReplicaSpec;
import io.orlop.model.VolumeId;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReservationsTest {
    private static final Bytes SIZE = Bytes.mib(16);

    @Test
    void whatWasReportedWhileItWasOnItsWayIsLetGoOnceItIsWritten() throws Exception {
        try (var stage = new Stage(1)) {
            PoolScheduler scheduler = stage.startWithPools();
            VolumeId volume = stage.promised(1, SIZE, 1);
            scheduler.provision(Stage.provision(volume, 1, SIZE));
            ReplicaSpec replica = stage.specs().getFirst();
            try (var keyspace = new LocalKeyspace(stage.store, stage.ambient);
                    var view = ClusterView.open(stage.ambient, keyspace, Layout.DEFAULT, stage.registry.port())) {
                var reservations = new Reservations(view);
                stage.registry.look(replica.node());
                stage.until("the report", () -> view.seen().reported(replica.uuid(), replica.node()));
                stage.until(
                        "the spec", () -> view.replicas().get(replica.uuid()).isPresent());

                try (Reservations.Hold _ = reservations.hold(() -> List.of(replica))) {
                    assertThat(reservations.pending(replica.pool()).replicas()).containsExactly(replica);
                }

                assertThat(reservations.pending(replica.pool()).replicas())
                        .as("without another word of the registry")
                        .isEmpty();
            }
        }
    }
}
