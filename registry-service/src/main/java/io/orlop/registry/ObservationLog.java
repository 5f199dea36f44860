package io.orlop.registry;

import io.orlop.model.Nexus;
import io.orlop.model.NodeId;
import io.orlop.model.NodeState;
import io.orlop.model.Refusal;
import io.orlop.model.Replica;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.service.Fact;
import io.orlop.wire.service.Observation;
import io.orlop.wire.service.Observation.Cursor;
import io.orlop.wire.service.Observation.News;
import io.orlop.wire.service.Page;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The latest of every thing, in the order in which they became so. A reader walks along that order; one that is slow
/// finds fewer facts, not more, so that nobody needs a queue.
///
/// ```
///   published     p1@1  r1@2  r2@3  r1@4  p1@5
///   kept                      r2@3  r1@4  p1@5
///   a reader at 3                   r1@4  p1@5
/// ```
///
/// A usage stays for as long as it is later than what it is the usage of: that carries the usage of its moment, and its
/// end is the end of both.
///
/// Of what is gone a limited number is remembered. A reader who was away for longer than that starts over.
final class ObservationLog {
    private static final int GONE_MOST = 10_000;

    private final String epoch;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private final Map<Fact.Id, Entry> latest = new TreeMap<>();
    private final NavigableMap<Long, Entry> order = new TreeMap<>();
    private final NavigableMap<Long, Fact.Id> gone = new TreeMap<>();
    private long sequence;
    /// Who has read less than this may have missed that something went.
    private long forgotten;

    private boolean settled;
    private boolean closed;

    private record Entry(long sequence, News news) {}

    /// @param epoch a name that no other log has
    ObservationLog(String epoch) {
        this.epoch = epoch;
    }

    /// Keeps the news in this order. What is none gets no new place.
    ///
    /// @return where all of them are covered
    Cursor publish(List<News> news) {
        lock.lock();
        try {
            long before = sequence;
            news.forEach(this::keep);
            if (sequence > before) grown.signalAll();
            return new Cursor(epoch, sequence);
        } finally {
            lock.unlock();
        }
    }

    private void keep(News news) {
        Fact.Id id =
                switch (news) {
                    case News.Seen(Fact fact) -> fact.id();
                    case News.Gone(Fact.Id lost) -> lost;
                };
        Entry before = latest.get(id);
        if (before != null) {
            if (before.news().equals(news)) return;
            order.remove(before.sequence());
            gone.remove(before.sequence());
        }
        usage(id).map(latest::remove).ifPresent(older -> order.remove(older.sequence()));
        var entry = new Entry(++sequence, news);
        latest.put(id, entry);
        order.put(sequence, entry);
        if (news instanceof News.Gone) {
            gone.put(sequence, id);
            if (gone.size() > GONE_MOST) forgetOldest();
        }
    }

    private static Optional<Fact.Id> usage(Fact.Id of) {
        return switch (of.kind()) {
            case POOL -> Optional.of(new Fact.Id(of.node(), Fact.Kind.POOL_USAGE, of.name()));
            case REPLICA -> Optional.of(new Fact.Id(of.node(), Fact.Kind.REPLICA_USAGE, of.name()));
            case NODE, NEXUS, POOL_USAGE, REPLICA_USAGE -> Optional.empty();
        };
    }

    private void forgetOldest() {
        var oldest = gone.pollFirstEntry();
        latest.remove(oldest.getValue());
        order.remove(oldest.getKey());
        forgotten = oldest.getKey();
    }

    /// As a page would list it: that knows what weighs much in a message.
    private static Object listed(News news) {
        return switch (news) {
            case News.Seen(Fact.Replica(var state)) -> new Replica(state.uuid(), null, state);
            case News.Seen(Fact.Nexus(var state)) -> new Nexus(state.uuid(), null, state);
            case News.Seen _, News.Gone _ -> news;
        };
    }

    Optional<NodeState> node(NodeId node) {
        lock.lock();
        try {
            Entry entry = latest.get(new Fact.Id(node, Fact.Kind.NODE, ""));
            return entry != null && entry.news() instanceof News.Seen(Fact.Node(NodeState state))
                    ? Optional.of(state)
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /// From now on a reader who has read what is there has read everything: every node that was known before has been
    /// asked once.
    void settle() {
        lock.lock();
        try {
            settled = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Feed<Observation> open(Cursor from) {
        lock.lock();
        try {
            boolean resumes = from.epoch().equals(epoch) && from.sequence() >= forgotten;
            return new Reader(resumes ? from.sequence() : 0, !resumes);
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
        private long read;
        /// What went before this was never told to this reader, so it need not hear of its end.
        private long since;

        private boolean anew;
        /// Everything up to here was known when the reader came, or when everything had been asked.
        private long known;

        private boolean complete;
        private boolean left;

        Reader(long read, boolean anew) {
            this.read = read;
            this.since = anew ? sequence : read;
            this.known = settled ? sequence : -1;
            this.anew = anew;
        }

        @Override
        public Observation next() throws InterruptedException {
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (closed || left) {
                        throw new Refusal.NotLeader(
                                        "this copy of the registry does not lead any more", "ask the leader", null)
                                .exception();
                    }
                    if (Math.max(read, since) < forgotten) startOver();
                    if (settled && known < 0) known = sequence;
                    List<News> news = next(complete || known < 0 ? sequence : known);
                    boolean completes = !complete && known >= 0 && !hasMoreUpTo(known);
                    if (news.isEmpty() && !completes) {
                        grown.await();
                        continue;
                    }
                    return piece(news, completes);
                }
            } finally {
                lock.unlock();
            }
        }

        /// What comes next, no more than fits into a message.
        private List<News> next(long upTo) {
            if (read >= upTo) return List.of();
            Collection<Entry> left = order.subMap(read, false, upTo, true).values();
            int fitting = Page.of(left.stream().map(Entry::news).map(ObservationLog::listed), Page.MOST)
                    .entries()
                    .size();
            var news = new ArrayList<News>();
            for (Entry entry : left) {
                if (news.size() == fitting) break;
                news.add(entry.news());
                read = entry.sequence();
            }
            return news;
        }

        private boolean hasMoreUpTo(long sequence) {
            Long next = order.higherKey(read);
            return next != null && next <= sequence;
        }

        private Observation piece(List<News> news, boolean completes) {
            if (completes) {
                complete = true;
                read = Math.max(read, known);
            }
            var piece = new Observation(new Cursor(epoch, read), news, anew, completes);
            anew = false;
            return piece;
        }

        private void startOver() {
            read = 0;
            since = sequence;
            anew = true;
            complete = false;
            known = settled ? sequence : -1;
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
