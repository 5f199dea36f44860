package io.orlop.scheduler;

import static io.orlop.scheduler.Stage.N1;
import static io.orlop.scheduler.Stage.P1;
import static io.orlop.scheduler.Stage.SIZE;
import static io.orlop.scheduler.Stage.id;
import static io.orlop.scheduler.Stage.ids;
import static io.orlop.scheduler.Stage.spec;
import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.Replica;
import io.orlop.model.ReplicaId;
import io.orlop.wire.service.Page;
import io.orlop.wire.service.ReplicasOf;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What is promised beside what is reported.
@Timeout(120)
class InventoryTest {
    private final Stage stage = new Stage(3);

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void listsAPoolAndANodePageByPageWithWhatNobodyPromised() {
        // Given
        PoolScheduler scheduler = stage.startWithPools();
        List<ReplicaId> here = new ArrayList<>();
        for (int volume = 1; volume <= 3; volume++) {
            for (Replica replica : scheduler.provision(Stage.provision(stage.promised(volume, SIZE, 3), 3, SIZE))) {
                if (spec(replica).node().equals(N1)) here.add(replica.uuid());
            }
        }
        for (int stray = 1; stray <= 2; stray++) {
            stage.stray(id(stray), "theirs", true);
            here.add(id(stray));
        }
        Collections.sort(here);
        stage.nodes.keySet().forEach(stage.registry::look);
        stage.until("the strays", () -> scheduler.replicas().count() == 3 * 3 + 2);
        // Then
        for (ReplicasOf which : List.of(new ReplicasOf.Pool(P1), new ReplicasOf.Node(N1))) {
            assertThat(scheduler.replicas(which).map(Replica::uuid)).containsExactlyElementsOf(here);
            assertThat(pages(scheduler, which, 2)).isEqualTo(here);
        }
        // When the node is away, what nobody promised is not seen
        stage.up("node-1", false);
        stage.until("it is away", () -> scheduler.replicas().count() == 3 * 3);
        here.removeAll(List.of(id(1), id(2)));
        assertThat(pages(scheduler, new ReplicasOf.Pool(P1), 2)).isEqualTo(here);
        assertThat(pages(scheduler, new ReplicasOf.Node(N1), 2)).isEqualTo(here);
    }

    private static List<ReplicaId> pages(PoolScheduler scheduler, ReplicasOf which, int most) {
        var all = new ArrayList<ReplicaId>();
        Page<Replica> page = scheduler.replicas(which, null, most);
        all.addAll(ids(page.entries()));
        while (page.more()) {
            page = scheduler.replicas(which, all.getLast(), most);
            all.addAll(ids(page.entries()));
        }
        return all;
    }
}
