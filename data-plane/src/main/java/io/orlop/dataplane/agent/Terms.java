package io.orlop.dataplane.agent;

import io.orlop.model.NodeId;
import io.orlop.model.Refusal;
import io.orlop.wire.agent.Term;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whom this node still takes commands from: of each office the leader whose term is the latest that it has heard of.
///
/// ```
///   leader of pools@5   create R ─ ─ ─ ─ ─ (late) ─ ─ ─ ─ ─ ─ ─ ─ ─ ─► refused: pools@9 has commanded since
///   leader of pools@9              destroy R ─────► NotFound
/// ```
///
/// It is kept for the office and not for the resource: that is one number for each, and it also stops a create that
/// comes after the next leader's destroy, when the node knows nothing any more of what was destroyed. A later leader
/// that says one word thereby ends the earlier one's rule of everything, which is what it wants.
///
/// Commands of an earlier term that are under way are waited for before the first of a later one begins: else they
/// could have their effect after it, which is the same as coming late. Nothing is remembered over a start of the node:
/// then every connection that could bring an old command has ended with it.
final class Terms {
    /// The control plane has a handful; a stranger's inventions must not fill the memory.
    private static final int OFFICES_MAX = 64;

    private final NodeId node;
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeMap<String, Office> offices = new TreeMap<>();

    Terms(NodeId node) {
        this.node = node;
    }

    private static final class Office {
        /// Held shared by commands under way, and alone by who begins a term.
        final ReentrantReadWriteLock underWay = new ReentrantReadWriteLock();

        volatile long latest;
    }

    <T extends @Nullable Object> T command(Term term, Supplier<T> command) {
        Office office = office(term.office());
        if (term.revision() > office.latest) begin(office, term);
        office.underWay.readLock().lock();
        try {
            if (term.revision() < office.latest) throw over(term, office.latest);
            return command.get();
        } finally {
            office.underWay.readLock().unlock();
        }
    }

    private static void begin(Office office, Term term) {
        office.underWay.writeLock().lock();
        try {
            office.latest = Math.max(office.latest, term.revision());
        } finally {
            office.underWay.writeLock().unlock();
        }
    }

    private Office office(String name) {
        lock.lock();
        try {
            if (offices.size() >= OFFICES_MAX && !offices.containsKey(name)) {
                throw new Refusal.OutOfCapacity(
                                "node '%s' takes commands of %d offices, and '%s' would be one more"
                                        .formatted(node, OFFICES_MAX, name),
                                "command by an office that it knows, or start its agent again")
                        .exception();
            }
            return offices.computeIfAbsent(name, _ -> new Office());
        } finally {
            lock.unlock();
        }
    }

    private RuntimeException over(Term term, long latest) {
        return new Refusal.FailedPrecondition(
                        "term %s is over: node '%s' has had commands of %s since"
                                .formatted(term, node, new Term(term.office(), latest)),
                        "leave it to the copy that leads now")
                .exception();
    }
}
