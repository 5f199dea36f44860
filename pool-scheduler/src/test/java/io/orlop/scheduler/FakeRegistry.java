package io.orlop.scheduler;

import io.orlop.model.NodeId;
import io.orlop.model.NodeObservation;
import io.orlop.model.Refusal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Tells what the nodes have whenever it is asked to look.
final class FakeRegistry {
    private final Map<NodeId, FakeNode> nodes;
    private final ReentrantLock lock = new ReentrantLock();
    private final CopyOnWriteArrayList<BlockingQueue<Observation>> readers = new CopyOnWriteArrayList<>();
    private long sequence;

    FakeRegistry(Map<NodeId, FakeNode> nodes) {
        this.nodes = nodes;
    }

    Registry port() {
        return (Registry) Proxy.newProxyInstance(
                Registry.class.getClassLoader(),
                new Class<?>[] {Registry.class},
                (_, method, arguments) -> switch (method.getName()) {
                    case "refresh" -> refresh((NodeId) Objects.requireNonNull(arguments)[0]);
                    case "observe" -> observe();
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    Cursor refresh(NodeId id) {
        Cursor at = look(id);
        FakeNode node = Objects.requireNonNull(nodes.get(id));
        if (!node.isUp()) throw new Refusal.FailedPrecondition(id + " is not online", "start it").exception();
        return at;
    }

    Cursor look(NodeId id) {
        lock.lock();
        try {
            NodeObservation seen = Objects.requireNonNull(nodes.get(id)).observation();
            var at = new Cursor("e", ++sequence);
            readers.forEach(reader -> reader.add(new Observation.Seen(at, seen)));
            return at;
        } finally {
            lock.unlock();
        }
    }

    private Feed<Observation> observe() {
        lock.lock();
        try {
            var reader = new LinkedBlockingQueue<Observation>();
            for (FakeNode node : nodes.values()) {
                reader.add(new Observation.Seen(new Cursor("e", sequence), node.observation()));
            }
            reader.add(new Observation.Complete(new Cursor("e", sequence)));
            readers.add(reader);
            return new Feed<>() {
                @Override
                public Observation next() throws InterruptedException {
                    return reader.take();
                }

                @Override
                public void close() {
                    readers.remove(reader);
                }
            };
        } finally {
            lock.unlock();
        }
    }
}
