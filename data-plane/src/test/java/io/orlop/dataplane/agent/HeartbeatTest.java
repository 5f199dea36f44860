package io.orlop.dataplane.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.nvme.target.ManualAmbient;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.wire.service.Registration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeartbeatTest {
    private final ManualAmbient time = new ManualAmbient();
    private final List<Long> heardAtMs = new CopyOnWriteArrayList<>();
    private volatile Optional<String> ailment = Optional.empty();
    private final Heartbeat heartbeat = new Heartbeat(
            () -> new NodeRegistration(new NodeId("node-1"), "here:1", "1", null, null),
            () -> ailment,
            new Registration() {
                @Override
                public void register(NodeRegistration node) {
                    heardAtMs.add(time.nanos() / 1_000_000);
                }

                @Override
                public void deregister(NodeId node) {}
            },
            time);

    @AfterEach
    void stop() {
        heartbeat.stop();
    }

    @Test
    void newsIsToldSoonAndMuchNewsNotOftenerThanFourTimesASecond() {
        heartbeat.start();
        time.awaitWaits(1);
        heartbeat.news();
        time.awaitWaits(2);
        heartbeat.news();
        time.pass(Duration.ofMillis(249));
        assertThat(heardAtMs).containsExactly(0L);
        time.pass(Duration.ofMillis(1));
        // What came while the first was awaited counts as news of its own: it need not be waited for.
        time.awaitWaits(4);
        assertThat(heardAtMs).containsExactly(0L, 250L);

        time.pass(Duration.ofMillis(250));
        time.awaitWaits(5);
        assertThat(heardAtMs).containsExactly(0L, 250L, 500L);

        time.pass(Duration.ofSeconds(2));
        heartbeat.news();
        time.awaitWaits(6);
        time.pass(Duration.ofMillis(50));
        time.awaitWaits(7);
        assertThat(heardAtMs).containsExactly(0L, 250L, 500L, 2550L);
    }

    @Test
    void withoutNewsItIsToldEveryFiveSeconds() {
        heartbeat.start();
        for (int times = 1; times <= 3; times++) {
            time.awaitWaits(times);
            time.pass(Duration.ofSeconds(5));
        }
        time.awaitWaits(4);
        assertThat(heardAtMs).containsExactly(0L, 5000L, 10_000L, 15_000L);
    }

    @Test
    void aNodeThatServesNobodyDoesNotSayThatItIsUp() {
        heartbeat.start();
        time.awaitWaits(1);
        ailment = Optional.of("it accepts no hosts");
        time.pass(Duration.ofSeconds(5));
        time.awaitWaits(2);
        assertThat(heardAtMs).containsExactly(0L);
        ailment = Optional.empty();
        time.pass(Duration.ofMillis(100));
        time.awaitWaits(3);
        assertThat(heardAtMs).containsExactly(0L, 5100L);
    }
}
