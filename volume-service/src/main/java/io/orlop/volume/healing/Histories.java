package io.orlop.volume.healing;

import io.orlop.control.loop.BackOff;
import io.orlop.model.ReplicaId;
import io.orlop.model.VolumeId;
import io.orlop.model.ambient.Ambient;
import io.orlop.volume.copies.Condition;
import io.orlop.volume.copies.Copy;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Remembers since when copies are lost and how often they failed to be rebuilt. Another leader begins to count anew:
/// it waits longer than it must, and loses nothing.
public final class Histories {
    /// Then the disk is to blame, and another is looked for.
    private static final int FAILURES = 3;

    private static final BackOff REST = new BackOff(Duration.ofSeconds(2), Duration.ofMinutes(2));

    private final Ambient ambient;
    private final Duration patience;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<VolumeId, Map<ReplicaId, History>> histories = new HashMap<>();

    /// @param lostAtNanos `null` while it is not lost
    private record History(@Nullable Long lostAtNanos, int attempts, long restsUntilNanos) {}

    /// @param patience how long a copy may be lost before it is given up
    public Histories(Ambient ambient, Duration patience) {
        this.ambient = ambient;
        this.patience = patience;
    }

    public List<Patient> patients(VolumeId volume, boolean served, List<Copy> copies) {
        long now = ambient.nanos();
        lock.lock();
        try {
            Map<ReplicaId, History> known = histories.getOrDefault(volume, Map.of());
            var next = new TreeMap<ReplicaId, History>();
            List<Patient> patients = copies.stream()
                    .map(copy -> {
                        Condition condition = copy.condition(served);
                        History history = seen(known.get(copy.id()), condition, now);
                        if (history != null) next.put(copy.id(), history);
                        return patient(copy, condition, history, now);
                    })
                    .toList();
            if (next.isEmpty()) histories.remove(volume);
            else histories.put(volume, next);
            return patients;
        } finally {
            lock.unlock();
        }
    }

    /// When the passing of time alone changes what is to be done for a volume: a copy is given up, or has rested.
    ///
    /// @return how long that is from now; nothing if it never does
    public Optional<Duration> untilNext(VolumeId volume) {
        long now = ambient.nanos();
        lock.lock();
        try {
            return histories.getOrDefault(volume, Map.of()).values().stream()
                    .flatMap(history -> Stream.of(
                            history.lostAtNanos() == null ? now : history.lostAtNanos() + patience.toNanos(),
                            history.restsUntilNanos()))
                    .map(due -> due - now)
                    .filter(left -> left > 0)
                    .min(Long::compare)
                    .map(Duration::ofNanos);
        } finally {
            lock.unlock();
        }
    }

    /// Nobody needs to know any more.
    public void forget(VolumeId volume) {
        lock.lock();
        try {
            histories.remove(volume);
        } finally {
            lock.unlock();
        }
    }

    /// It is being rebuilt once more.
    public void rejoined(VolumeId volume, ReplicaId replica) {
        long now = ambient.nanos();
        lock.lock();
        try {
            histories.computeIfAbsent(volume, _ -> new TreeMap<>()).compute(replica, (_, history) -> {
                int attempts = (history == null ? 0 : history.attempts()) + 1;
                return new History(
                        null,
                        attempts,
                        now + REST.after(attempts, ambient.random()).toNanos());
            });
        } finally {
            lock.unlock();
        }
    }

    private static @Nullable History seen(@Nullable History before, Condition condition, long now) {
        return switch (condition) {
            case HEALTHY -> null;
            case LOST ->
                before == null
                        ? new History(now, 0, now)
                        : new History(
                                before.lostAtNanos() == null ? Long.valueOf(now) : before.lostAtNanos(),
                                before.attempts(),
                                before.restsUntilNanos());
            case FAULTED, LETTING_GO, SPARE, REBUILDING ->
                before == null ? null : new History(null, before.attempts(), before.restsUntilNanos());
        };
    }

    private Patient patient(Copy copy, Condition condition, @Nullable History history, long now) {
        if (history == null) return new Patient(copy, condition, false, false);
        boolean lostForGood = history.lostAtNanos() != null && now - history.lostAtNanos() >= patience.toNanos();
        boolean failing = condition == Condition.FAULTED && history.attempts() >= FAILURES;
        boolean resting = condition == Condition.FAULTED && history.restsUntilNanos() - now > 0;
        return new Patient(copy, condition, lostForGood || failing, resting);
    }
}
