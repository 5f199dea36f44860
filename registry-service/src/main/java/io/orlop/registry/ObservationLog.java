package io.orlop.registry;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.Refusal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The latest fact of every node, in the order in which they became so. A reader walks along that order; one that is
/// slow finds fewer facts, not more, so that nobody needs a queue.
///
/// ```
///   published     n1@1  n2@2  n3@3  n2@4  n1@5
///   kept                      n3@3  n2@4  n1@5
///   a reader at 3                   n2@4  n1@5
/// ```
final class ObservationLog {
    private final String epoch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final Map<NodeId, Fact> latest = new TreeMap<>();
    private final NavigableMap<Long, NodeId> order = new TreeMap<>();
    private long sequence;
    private boolean closed;

    /// @param observation `null` for a node that was forgotten
    private record Fact(long sequence, @Nullable NodeObservation observation) {}

    /// @param epoch a name that no other log has
    ObservationLog(String epoch) {
        this.epoch = epoch;
    }

    /// What is no news gets no new place.
    ///
    /// @param observation `null` to forget the node
    /// @return where this fact is
    Cursor publish(NodeId node, @Nullable NodeObservation observation) {
        lock.lock();
        try {
            Fact before = latest.get(node);
            if (before != null) {
                if (Objects.equals(before.observation(), observation)) return new Cursor(epoch, before.sequence());
                order.remove(before.sequence());
            }
            sequence++;
            latest.put(node, new Fact(sequence, observation));
            order.put(sequence, node);
            grown.signalAll();
            return new Cursor(epoch, sequence);
        } finally {
            lock.unlock();
        }
    }

    Optional<NodeObservation> latest(NodeId node) {
        lock.lock();
        try {
            Fact fact = latest.get(node);
            return fact == null ? Optional.empty() : Optional.ofNullable(fact.observation());
        } finally {
            lock.unlock();
        }
    }

    Feed<Observation> open(Cursor from) {
        lock.lock();
        try {
            return new Reader(from.epoch().equals(epoch) ? from.sequence() : 0, sequence);
        } finally {
            lock.unlock();
        }
    }

    /// All readers are told to look elsewhere.
    void close() {
        lock.lock();
        try {
            closed = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private final class Reader implements Feed<Observation> {
        private final long known;
        private long read;
        private boolean complete;
        private boolean left;

        /// @param known everything up to here was known when the reader came
        Reader(long read, long known) {
            this.read = read;
            this.known = known;
        }

        @Override
        public Observation next() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (closed || left) {
                        throw new Refusal.Unavailable(
                                        "this copy of the registry does not lead any more", "ask the leader")
                                .exception();
                    }
                    Map.Entry<Long, NodeId> next = order.higherEntry(read);
                    if (!complete && (next == null || next.getKey() > known)) {
                        complete = true;
                        read = Math.max(read, known);
                        return new Observation.Complete(new Cursor(epoch, read));
                    }
                    if (next == null) {
                        grown.await();
                        continue;
                    }
                    read = next.getKey();
                    return fact(next.getValue(), new Cursor(epoch, read));
                }
            } finally {
                lock.unlock();
            }
        }

        private Observation fact(NodeId node, Cursor at) {
            Fact fact = Objects.requireNonNull(latest.get(node));
            NodeObservation observation = fact.observation();
            return observation == null ? new Observation.Forgotten(at, node) : new Observation.Seen(at, observation);
        }

        @Override
        public void close() {
            lock.lock();
            try {
                left = true;
                grown.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
