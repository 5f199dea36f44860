package io.orlop.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.RefusalException;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservationLogTest {
    private final ObservationLog log = new ObservationLog("e");

    @Test
    void beginsWithEveryNodeAndThenTellsChanges() throws InterruptedException {
        publish("n1", "1");
        publish("n2", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        publish("n3", "1");
        assertThat(read(feed, 4)).containsExactly("n1=1@1", "n2=1@2", "complete@2", "n3=1@3");
    }

    @Test
    void tellsASlowReaderOnlyTheLatest() throws InterruptedException {
        publish("n1", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        read(feed, 2);
        for (int i = 2; i <= 100; i++) publish("n1", "" + i);
        publish("n2", "1");
        assertThat(read(feed, 2)).containsExactly("n1=100@100", "n2=1@101");
    }

    @Test
    void completesAlthoughEverythingChangedMeanwhile() throws InterruptedException {
        publish("n1", "1");
        Feed<Observation> feed = log.open(Cursor.START);
        publish("n1", "2");
        assertThat(read(feed, 2)).containsExactly("complete@1", "n1=2@2");
    }

    @Test
    void resumesAfterACursorOfItsOwn() throws InterruptedException {
        publish("n1", "1");
        publish("n2", "1");
        publish("n1", "2");
        assertThat(read(log.open(new Cursor("e", 2)), 2)).containsExactly("n1=2@3", "complete@3");
    }

    @Test
    void startsOverAfterACursorOfAnother() throws InterruptedException {
        publish("n1", "1");
        assertThat(read(log.open(new Cursor("other", 7)), 2)).containsExactly("n1=1@1", "complete@1");
    }

    @Test
    void tellsWhomToForget() throws InterruptedException {
        publish("n1", "1");
        log.publish(new NodeId("n1"), null);
        assertThat(read(log.open(Cursor.START), 2)).containsExactly("n1 gone@2", "complete@2");
    }

    @Test
    void givesNoPlaceToWhatIsNoNews() {
        assertThat(publish("n1", "1")).isEqualTo(publish("n1", "1"));
    }

    @Test
    void sendsReadersAwayWhenItCloses() {
        Feed<Observation> feed = log.open(Cursor.START);
        log.close();
        assertThatThrownBy(feed::next).isInstanceOf(RefusalException.class);
    }

    private Cursor publish(String node, String instance) {
        var id = new NodeId(node);
        var state = new NodeState(id, "", NodeStatus.ONLINE, null, null, instance);
        return log.publish(id, new NodeObservation(state, List.of(), List.of(), List.of()));
    }

    private static List<String> read(Feed<Observation> feed, int count) throws InterruptedException {
        var facts = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            Observation fact = feed.next();
            String what =
                    switch (fact) {
                        case Observation.Seen seen ->
                            seen.node().node().id() + "=" + seen.node().node().instance();
                        case Observation.Forgotten forgotten -> forgotten.node() + " gone";
                        case Observation.Complete _ -> "complete";
                    };
            facts.add(what + "@" + fact.at().sequence());
        }
        return facts;
    }
}
