package io.orlop.dataplane.nexus;

import io.orlop.dataplane.block.BlockDevice;
import io.orlop.dataplane.block.Warrant;
import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What failed on every whole copy is no evidence against any of them: it may be this node that is cut off. I/O is
/// held, and the copies are dialled again, by one for all who wait and without keeping anybody else from working.
///
/// ```
///   I/O fails everywhere ─► held ───────────────────────────────────────────┬─► done again
///                             └─► dial all ─► none answers ─► again, 1 s ──┐ │
///                                     ▲────────────────────────────────────┘ │
///                                     └─► some answer: they go on, the silent ones are retired
///                                         30 s are over: what is held fails
/// ```
final class Outage {
    /// How soon one who waits sees that its host was cut off.
    private static final Duration LOOK = Duration.ofMillis(250);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    interface Copies {
        /// Whole copies the way to which is broken, while the nexus serves.
        List<Leg> lost();

        BlockDevice dial(Leg lost) throws IOException;

        /// Goes on with those that answer. Those that do not, while others do, are judged by that.
        void resume(List<Answer> answers, List<Leg.Failure> silent) throws IOException;
    }

    /// The way to a copy, made anew.
    record Answer(Leg lost, BlockDevice device) {
        /// Whether nothing was forgotten since the way was lost.
        boolean remembers() {
            Optional<UUID> before = lost.device().memory();
            return before.isPresent() && before.equals(device.memory());
        }
    }

    /// One time of dialling, for all who wait for it.
    private static final class Dialling {
        private final List<Signal> waiting = new CopyOnWriteArrayList<>();
        private volatile boolean over;
        private volatile boolean answered;

        void end(boolean answered) {
            this.answered = answered;
            over = true;
            waiting.forEach(Signal::raise);
        }
    }

    private final Copies copies;
    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Dialling current;
    private volatile int recoveries;

    Outage(Copies copies, Ambient ambient) {
        this.copies = copies;
        this.ambient = ambient;
    }

    /// Moves when copies answer again, before they are used.
    int recoveries() {
        return recoveries;
    }

    /// Only from within [Mirror#alone].
    void recovering() {
        recoveries = recoveries + 1;
    }

    /// Waits until copies answer again that were lost.
    ///
    /// @param before [#recoveries] when the attempt began that failed
    /// @return whether it is worth trying again
    boolean waited(int before, Warrant warrant, Patience patience) throws IOException {
        while (true) {
            boolean nothingToDial = copies.lost().isEmpty();
            if (recoveries != before) return true;
            if (nothingToDial || patience.over()) return false;
            // It may have been at its end when this one came.
            if (answered(join(), warrant, patience)) return true;
        }
    }

    private boolean answered(Dialling dialling, Warrant warrant, Patience patience) throws IOException {
        Signal end = ambient.signal();
        dialling.waiting.add(end);
        try {
            while (!dialling.over) {
                warrant.check();
                if (patience.over()) return false;
                end.await(patience.left(LOOK));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for lost copies", e);
        } finally {
            dialling.waiting.remove(end);
        }
        return dialling.answered;
    }

    private Dialling join() {
        lock.lock();
        try {
            Dialling under = current;
            if (under != null) return under;
            Dialling begun = new Dialling();
            current = begun;
            ambient.start("dial", () -> dial(begun));
            return begun;
        } finally {
            lock.unlock();
        }
    }

    private void dial(Dialling dialling) {
        boolean answered = false;
        try {
            answered = answered(Patience.ofHosts(ambient));
        } catch (IOException e) {
            // It could not be written down, and the nexus stopped: whoever tries again will see.
        } finally {
            lock.lock();
            try {
                current = null;
            } finally {
                lock.unlock();
            }
            dialling.end(answered);
        }
    }

    private boolean answered(Patience patience) throws IOException {
        while (true) {
            List<Leg> lost = copies.lost();
            if (lost.isEmpty()) return true;
            List<Answer> answers = new CopyOnWriteArrayList<>();
            List<Leg.Failure> silent = new CopyOnWriteArrayList<>();
            dialAll(lost, answers, silent);
            if (!answers.isEmpty()) {
                copies.resume(new ArrayList<>(answers), new ArrayList<>(silent));
                return true;
            }
            if (patience.over()) return false;
            try {
                ambient.sleep(patience.left(BETWEEN_TRIES));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            if (patience.over()) return false;
        }
    }

    private void dialAll(List<Leg> lost, List<Answer> answers, List<Leg.Failure> silent) {
        CountDownLatch over = new CountDownLatch(lost.size());
        for (Leg leg : lost) {
            ambient.start("dial", () -> {
                try {
                    answers.add(new Answer(leg, copies.dial(leg)));
                } catch (IOException | RuntimeException e) {
                    silent.add(new Leg.Failure(leg, e instanceof IOException io ? io : new IOException(e)));
                } finally {
                    over.countDown();
                }
            });
        }
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException _) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }
}
