package io.orlop.store;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Gives memory back to the machine that the store does not need any more; it looks every few seconds.
/// ```
///   heap     │ needed │ garbage, and room for more │    collected as a whole only when it is full: maybe never again
///   mapped   │ read a moment ago │ read last week │    pages of the log that the machine keeps anyway
/// ```
/// To collect the whole heap stops everybody for a millisecond or two for each MiB that is needed. That is asked
/// for when most of the heap is not, so that it is short for what it gives: after a compaction, or when keys were
/// deleted. What is mapped is let go each time; to read there again costs a microsecond for each 64 KiB.
final class Uncommitting implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /// The young generation, and what the process needs beside its keys.
    private static final long PROCESS_BYTES = 64L << 20;

    /// What a process has, and what can be done about it.
    interface Heap {
        /// How many bytes the machine gave it.
        long held();

        /// Collects all of it, and gives back what is left over.
        void collect();

        /// This process's.
        static Heap ofThisProcess() {
            return new Heap() {
                @Override
                public long held() {
                    return Runtime.getRuntime().totalMemory();
                }

                @Override
                public void collect() {
                    System.gc();
                }
            };
        }
    }

    private final Heap heap;
    private final LongSupplier needed;
    private final Runnable unmap;
    private final Signal end;
    private long left;

    /// @param needed about how many bytes of the heap are in use for long
    /// @param unmap lets go of mapped pages
    Uncommitting(Heap heap, LongSupplier needed, Runnable unmap, Ambient ambient) {
        this.heap = heap;
        this.needed = needed;
        this.unmap = unmap;
        this.end = ambient.signal();
    }

    static Uncommitting start(LongSupplier needed, Runnable unmap, Ambient ambient) {
        Uncommitting uncommitting = new Uncommitting(Heap.ofThisProcess(), needed, unmap, ambient);
        ambient.startNative("uncommitting", uncommitting::run);
        return uncommitting;
    }

    private void run() {
        try {
            while (!end.await(PAUSE)) look();
        } catch (InterruptedException asToldTo) {
            Thread.currentThread().interrupt();
        }
    }

    void look() {
        unmap.run();
        long held = heap.held();
        if (held <= 2 * needed.getAsLong() + PROCESS_BYTES) return;
        // What the last collection left is in use, whatever is known of it: another would only take time.
        if (held <= left + left / 4) return;
        heap.collect();
        left = heap.held();
    }

    @Override
    public void close() {
        end.raise();
    }
}
