package io.orlop.control.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.ManualAmbient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class LastingTest {
    private final List<Throwable> said = new CopyOnWriteArrayList<>();
    private final AtomicInteger begun = new AtomicInteger();

    /// The machine's own, with a handler that takes note of what threads die of.
    private final Ambient ambient = new Heard(Ambient.system());

    private final class Heard implements Ambient {
        private final Ambient own;

        Heard(Ambient own) {
            this.own = own;
        }

        @Override
        public java.time.Instant now() {
            return own.now();
        }

        @Override
        public long nanos() {
            return own.nanos();
        }

        @Override
        public void sleep(Duration time) throws InterruptedException {
            own.sleep(time);
        }

        @Override
        public io.orlop.model.ambient.Signal signal() {
            return own.signal();
        }

        @Override
        public ThreadFactory threads() {
            return Thread.ofVirtual()
                    .uncaughtExceptionHandler((_, thrown) -> said.add(thrown))
                    .factory();
        }

        @Override
        public RandomGenerator random() {
            return own.random();
        }
    }

    @Test
    void beginsAgainAfterEachSurpriseAndSaysSo() throws Exception {
        var third = new CountDownLatch(1);
        Lasting lasting = Lasting.start(ambient, "work", () -> {
            switch (begun.incrementAndGet()) {
                case 1 -> throw new IllegalStateException("first");
                case 2 -> throw new AssertionError("second");
                default -> third.countDown();
            }
        });
        third.await();
        assertThat(lasting.awaitEnd(Duration.ofMinutes(1))).isTrue();
        assertThat(said).extracting(Throwable::getMessage).containsExactly("first", "second");
    }

    @Test
    void whatReturnsHasEnded() throws Exception {
        Lasting lasting = Lasting.start(ambient, "work", begun::incrementAndGet);
        assertThat(lasting.awaitEnd(Duration.ofMinutes(1))).isTrue();
        assertThat(lasting.awaitEnd(Duration.ofMinutes(1))).isTrue();
        assertThat(begun).hasValue(1);
        assertThat(said).isEmpty();
    }

    @Test
    void doesNotBeginAgainOnceItIsClosed() throws Exception {
        // Given work that rests after a surprise, in a time that stands
        var resting = new Heard(new ManualAmbient());
        Lasting lasting = Lasting.start(resting, "work", () -> {
            begun.incrementAndGet();
            throw new IllegalStateException("always");
        });
        while (said.isEmpty()) Thread.onSpinWait();
        // When it is closed
        lasting.close();
        // Then it ends without another try
        while (!lasting.awaitEnd(Duration.ZERO)) Thread.onSpinWait();
        assertThat(begun).hasValue(1);
    }
}
