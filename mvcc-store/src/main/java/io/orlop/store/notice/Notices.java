package io.orlop.store.notice;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A log for those who must not wait for one: who commits, who reads, who tells watchers. A log is a pipe or a disk,
/// and either can stand still; etcd once answered nobody because of that. So a thread of its own does the writing, for
/// as long as there is something to write; what comes when too much waits is counted and left out.
public final class Notices {
    private static final int WAITING_MAX = 256;

    private record Notice(System.Logger.Level level, String text, @Nullable Throwable why) {}

    private final System.Logger logger;
    private final ThreadFactory threads;
    private final BlockingQueue<Notice> waiting = new ArrayBlockingQueue<>(WAITING_MAX);
    private final AtomicBoolean writing = new AtomicBoolean();
    private final AtomicLong leftOut = new AtomicLong();

    public Notices(System.Logger logger, ThreadFactory threads) {
        this.logger = logger;
        this.threads = threads;
    }

    public void warn(String text) {
        add(new Notice(System.Logger.Level.WARNING, text, null));
    }

    public void warn(String text, Throwable why) {
        add(new Notice(System.Logger.Level.WARNING, text, why));
    }

    public void error(String text, Throwable why) {
        add(new Notice(System.Logger.Level.ERROR, text, why));
    }

    private void add(Notice notice) {
        if (!waiting.offer(notice)) leftOut.incrementAndGet();
        begin();
    }

    private void begin() {
        if (!writing.compareAndSet(false, true)) return;
        Thread writer = threads.newThread(this::write);
        writer.setName("store-notices");
        writer.start();
    }

    private void write() {
        try {
            Notice notice;
            while ((notice = waiting.poll()) != null) {
                if (notice.why == null) logger.log(notice.level, notice.text);
                else logger.log(notice.level, notice.text, notice.why);
            }
            long lost = leftOut.getAndSet(0);
            if (lost > 0) logger.log(System.Logger.Level.WARNING, "{0} more were left out", lost);
        } finally {
            writing.set(false);
        }
        // Somebody may have come between the last look and now.
        if (!waiting.isEmpty()) begin();
    }
}
