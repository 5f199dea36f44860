package io.orlop.store;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;

/// Gives memory back to the machine that the store does not need any more; it looks every few seconds.
/// ```
///   heap     │ needed │ garbage, and room for more │    collected as a whole only when it is full: maybe never again
///   mapped   │ read a moment ago │ read last week │    pages of the log that the machine keeps anyway
/// ```
/// To collect the whole heap stops everybody for a millisecond or two for each MiB that is needed. While there is work
/// that is asked for when most of the heap is not needed, so that it is short for what it gives. There are two moments
/// for which less is enough: after a compaction, which leaves garbage that the store had reason to keep until then, if
/// little is needed, so that the stop is short; and when nothing was written for a minute, when it disturbs few and
/// nothing else would ever give it back.
/// ```
///   written  ▓▓▓▓▓▓▓▓▓▓▓▓│ a minute │                                  │▓▓▓▓▓│ a minute │
///   asked                            once, however long it is quiet                      once, if that gives anything
/// ```
/// What is mapped is let go each time; to read there again costs a microsecond for each 64 KiB.
final class Uncommitting implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofMinutes(1);

    /// The young generation, and what the process needs beside its keys.
    private static final long PROCESS_BYTES = 64L << 20;

    /// The same for a process at rest.
    private static final long RESTING_BYTES = 40L << 20;

    /// To collect so much stops nobody for long: compactions may come every few minutes.
    private static final long SHORT_BYTES = 64L << 20;

    /// Not worth a collection.
    private static final long LITTLE_BYTES = 8L << 20;

    /// Whose memory it is.
    interface Holder {
        /// About how many bytes of the heap are in use for long.
        long needed();

        /// Grows with each change.
        long written();

        /// Up to which revision history is gone.
        long compacted();

        /// Lets go of mapped pages.
        void unmap();

        /// Lets go of what only those need who write.
        void rest();
    }

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
    private final Holder holder;
    private final Ambient ambient;
    private final Signal end;

    /// What the last collection left.
    private long left;

    /// What the last one left that was asked for in a moment for which less is enough, and what was needed then.
    private long leftAtRest;

    private long neededAtRest;

    private long written;
    private long writtenNanos;
    private boolean rested;
    private long compacted;

    Uncommitting(Heap heap, Holder holder, Ambient ambient) {
        this.heap = heap;
        this.holder = holder;
        this.ambient = ambient;
        this.end = ambient.signal();
        this.written = holder.written();
        this.writtenNanos = ambient.nanos();
        this.compacted = holder.compacted();
    }

    static Uncommitting start(Holder holder, Ambient ambient) {
        Uncommitting uncommitting = new Uncommitting(Heap.ofThisProcess(), holder, ambient);
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
        holder.unmap();
        boolean quiet = becameQuiet();
        boolean compaction = compacts();
        if (quiet) holder.rest();
        if (quiet || compaction && holder.needed() <= SHORT_BYTES) rest();
        else work();
    }

    private void work() {
        long held = heap.held();
        if (held <= 2 * holder.needed() + PROCESS_BYTES) return;
        // What the last collection left is in use, whatever is known of it: another would only take time.
        if (held <= left + left / 4) return;
        heap.collect();
        left = heap.held();
    }

    private void rest() {
        long held = heap.held();
        long needed = holder.needed();
        if (held <= needed + needed / 4 + RESTING_BYTES) return;
        boolean asThen = held <= leftAtRest + LITTLE_BYTES && needed + LITTLE_BYTES > neededAtRest;
        if (asThen) return;
        heap.collect();
        left = heap.held();
        leftAtRest = left;
        neededAtRest = needed;
    }

    /// Whether nothing was written for long; only once.
    private boolean becameQuiet() {
        long now = ambient.nanos();
        long reached = holder.written();
        if (reached != written) {
            written = reached;
            writtenNanos = now;
            rested = false;
        }
        if (rested || now - writtenNanos < QUIET.toNanos()) return false;
        rested = true;
        return true;
    }

    /// Whether there was a compaction since the last look. By now the index is through with all but the longest.
    private boolean compacts() {
        long before = compacted;
        compacted = holder.compacted();
        return compacted != before;
    }

    @Override
    public void close() {
        end.raise();
    }
}
