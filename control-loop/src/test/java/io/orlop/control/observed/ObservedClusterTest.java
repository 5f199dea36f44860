package io.orlop.control.observed;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.NodeState;
import io.orlop.model.NodeStatus;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ObservedClusterTest {
    /// What the registry says next; a cursor stands for a broken stream that is asked to resume there.
    private final BlockingQueue<Object> script = new LinkedBlockingQueue<>();

    private final BlockingQueue<Cursor> asked = new LinkedBlockingQueue<>();
    private final BlockingQueue<NodeId> changed = new LinkedBlockingQueue<>();
    private final Registry registry = (Registry) Proxy.newProxyInstance(
            Registry.class.getClassLoader(), new Class<?>[] {Registry.class}, (_, method, arguments) -> {
                if (!method.getName().equals("observe")) throw new UnsupportedOperationException(method.getName());
                asked.add((Cursor) arguments[0]);
                return new ScriptedFeed();
            });
    private final ObservedCluster cluster = ObservedCluster.follow(Ambient.system(), registry);

    @AfterEach
    void close() {
        cluster.close();
        script.add("the end");
    }

    @Test
    void knowsWhatItWasTold() throws InterruptedException {
        cluster.listen(changed::add);
        tell(seen("e", 1, "n1", "1"), complete("e", 1));
        awaitAt("e", 1);
        assertThat(changed.take()).isEqualTo(new NodeId("n1"));
        assertThat(instance("n1")).isEqualTo("1");
    }

    @Test
    void resumesWhereItWas() throws InterruptedException {
        tell(seen("e", 1, "n1", "1"), complete("e", 1), "broken");
        assertThat(asked.take()).isEqualTo(Cursor.START);
        assertThat(asked.take()).isEqualTo(new Cursor("e", 1));
        tell(seen("e", 2, "n2", "1"), complete("e", 2));
        awaitAt("e", 2);
        assertThat(cluster.nodes()).hasSize(2);
    }

    @Test
    void forgetsWhatAnotherEpochDoesNotKnow() throws InterruptedException {
        tell(seen("e", 1, "n1", "1"), seen("e", 2, "n2", "1"), complete("e", 2), "broken");
        tell(seen("f", 1, "n2", "2"), "broken", complete("f", 2));
        awaitAt("f", 2);
        assertThat(cluster.node(new NodeId("n1"))).isEmpty();
        assertThat(instance("n2")).isEqualTo("2");
        assertThat(cluster.isComplete()).isTrue();
    }

    @Test
    void forgetsANodeThatWasDeleted() throws InterruptedException {
        tell(
                seen("e", 1, "n1", "1"),
                complete("e", 1),
                new Observation.Forgotten(new Cursor("e", 2), new NodeId("n1")));
        awaitAt("e", 2);
        assertThat(cluster.nodes()).isEmpty();
    }

    private void tell(Object... facts) {
        script.addAll(List.of(facts));
    }

    private void awaitAt(String epoch, long sequence) throws InterruptedException {
        assertThat(cluster.await(new Cursor(epoch, sequence), Duration.ofMinutes(1)))
                .isTrue();
    }

    private String instance(String node) {
        return String.valueOf(
                cluster.node(new NodeId(node)).orElseThrow().node().instance());
    }

    private static Observation seen(String epoch, long sequence, String node, String instance) {
        var state = new NodeState(new NodeId(node), "", NodeStatus.ONLINE, null, null, instance);
        return new Observation.Seen(
                new Cursor(epoch, sequence), new NodeObservation(state, List.of(), List.of(), List.of()));
    }

    private static Observation complete(String epoch, long sequence) {
        return new Observation.Complete(new Cursor(epoch, sequence));
    }

    private final class ScriptedFeed implements Feed<Observation> {
        @Override
        public Observation next() throws InterruptedException {
            Object next = script.take();
            if (next instanceof Observation fact) return fact;
            throw new Refusal.Unavailable(Objects.toString(next), "open another").exception();
        }

        @Override
        public void close() {}
    }
}
