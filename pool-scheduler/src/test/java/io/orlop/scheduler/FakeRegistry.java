package io.orlop.scheduler;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Registry;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;

/// Tells what the nodes have whenever it is asked to look.
final class FakeRegistry {
    private final Map<NodeId, FakeNode> nodes;
    private final ReentrantLock lock = new ReentrantLock();
    private final CopyOnWriteArrayList<BlockingQueue<Observation>> readers = new CopyOnWriteArrayList<>();
    private final Map<NodeId, Map<Fact.Id, Fact>> told = new TreeMap<>();
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
            List<Fact> facts = node(id).facts();
            var news = new ArrayList<News>();
            facts.forEach(fact -> news.add(new News.Seen(fact)));
            Map<Fact.Id, Fact> before = told.put(id, byId(facts));
            if (before != null && node(id).isUp()) {
                before.keySet().stream()
                        .filter(known ->
                                facts.stream().noneMatch(fact -> fact.id().equals(known)))
                        .forEach(known -> news.add(new News.Gone(known)));
            }
            var at = new Cursor("e", ++sequence);
            readers.forEach(reader -> reader.add(new Observation(at, news, false, false)));
            return at;
        } finally {
            lock.unlock();
        }
    }

    private FakeNode node(NodeId id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    private static Map<Fact.Id, Fact> byId(List<Fact> facts) {
        var all = new TreeMap<Fact.Id, Fact>();
        facts.forEach(fact -> all.put(fact.id(), fact));
        return all;
    }

    private Feed<Observation> observe() {
        lock.lock();
        try {
            var reader = new LinkedBlockingQueue<Observation>();
            var news = new ArrayList<News>();
            for (FakeNode node : nodes.values()) {
                List<Fact> facts = node.facts();
                facts.forEach(fact -> news.add(new News.Seen(fact)));
                told.put(node.id, byId(facts));
            }
            reader.add(new Observation(new Cursor("e", sequence), news, true, true));
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
