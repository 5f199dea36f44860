package io.orlop.dataplane.nvme.target;

import io.orlop.model.ambient.Ambient;
import io.orlop.model.ambient.Signal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The I/O queues whose commands may be with a subsystem's device: also those whose connection ended while commands
/// were, until the last is finished. Whoever cuts somebody off waits here, or it would not be cut off.
final class DeviceUsers {
    private final Ambient ambient;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<IoQueue> queues = new LinkedHashSet<>();
    private final List<Signal> waiting = new ArrayList<>();

    DeviceUsers(Ambient ambient) {
        this.ambient = ambient;
    }

    void came(IoQueue queue) {
        lock.lock();
        try {
            queues.add(queue);
        } finally {
            lock.unlock();
        }
    }

    /// Nothing of it will be with the device any more.
    void left(IoQueue queue) {
        lock.lock();
        try {
            queues.remove(queue);
            waiting.forEach(Signal::raise);
        } finally {
            lock.unlock();
        }
    }

    /// One that was cut off has no command with the device now.
    void idle() {
        lock.lock();
        try {
            waiting.forEach(Signal::raise);
        } finally {
            lock.unlock();
        }
    }

    /// Waits until the device is left alone by those of the queues that are cut off and meant.
    ///
    /// @return whether it is
    boolean awaitGone(Predicate<IoQueue> meant, Duration atMost) throws InterruptedException {
        Signal signal = ambient.signal();
        long deadline = ambient.nanos() + atMost.toNanos();
        add(signal);
        try {
            while (!lingering(meant).isEmpty()) {
                long left = deadline - ambient.nanos();
                if (left <= 0) return false;
                signal.await(Duration.ofNanos(left));
            }
            return true;
        } finally {
            remove(signal);
        }
    }

    /// What those have with the device that are cut off and meant: `2 commands of nqn.a, 1 command of nqn.b`.
    String describe(Predicate<IoQueue> meant) {
        TreeMap<String, Integer> byHost = new TreeMap<>();
        for (IoQueue queue : lingering(meant)) byHost.merge(queue.host().nqn(), queue.withDevice(), Integer::sum);
        return byHost.entrySet().stream()
                .map(host -> "%d %s of %s"
                        .formatted(host.getValue(), host.getValue() == 1 ? "command" : "commands", host.getKey()))
                .collect(Collectors.joining(", "));
    }

    private List<IoQueue> lingering(Predicate<IoQueue> meant) {
        lock.lock();
        try {
            return queues.stream()
                    .filter(queue -> queue.cutOff() && queue.withDevice() > 0 && meant.test(queue))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    private void add(Signal signal) {
        lock.lock();
        try {
            waiting.add(signal);
        } finally {
            lock.unlock();
        }
    }

    private void remove(Signal signal) {
        lock.lock();
        try {
            waiting.remove(signal);
        } finally {
            lock.unlock();
        }
    }
}
