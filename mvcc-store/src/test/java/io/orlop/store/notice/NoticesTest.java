package io.orlop.store.notice;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.ResourceBundle;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private final List<String> lines = new ArrayList<>();
    private final CountDownLatch standstill = new CountDownLatch(1);
    private final List<Thread> writers = new ArrayList<>();
    private final Notices notices = new Notices(new Slow(), this::thread);

    private Thread thread(Runnable work) {
        Thread writer = new Thread(work);
        writers.add(writer);
        return writer;
    }

    /// A log that takes nothing until it is let go.
    private final class Slow implements System.Logger {
        @Override
        public String getName() {
            return "slow";
        }

        @Override
        public boolean isLoggable(Level level) {
            return true;
        }

        @Override
        public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable why) {
            write(text + (why == null ? "" : ": " + why.getMessage()));
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parts) {
            write(parts == null || parts.length == 0 ? String.valueOf(format) : MessageFormat.format(format, parts));
        }

        private void write(String line) {
            try {
                standstill.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            lines.add(line);
        }
    }

    @Test
    void nobodyWaitsForALogThatStandsStill() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) notices.warn("number " + i);
        notices.error("failed", new IllegalStateException("why"));
        assertThat(lines).isEmpty();
        assertThat(writers).hasSize(1);
        standstill.countDown();
        writers.getFirst().join();
        assertThat(lines).startsWith("number 0", "number 1").hasSizeLessThan(300);
        assertThat(lines.getLast()).endsWith("more were left out");
    }

    @Test
    void writesAgainAfterItWasQuiet() throws InterruptedException {
        standstill.countDown();
        notices.warn("once", new IllegalStateException("why"));
        writers.getFirst().join();
        notices.warn("again {0}");
        writers.getLast().join();
        assertThat(lines).containsExactly("once: why", "again {0}");
        assertThat(writers).hasSize(2);
    }
}
