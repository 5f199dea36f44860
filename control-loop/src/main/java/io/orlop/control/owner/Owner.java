package io.orlop.control.owner;

import io.orlop.control.guard.Guards;
import io.orlop.control.keyspace.Fence;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.leadership.Leadership;
import io.orlop.control.leadership.LeadershipListener;
import io.orlop.control.loop.BackOff;
import io.orlop.control.loop.Lasting;
import io.orlop.control.loop.LoopObserver;
import io.orlop.control.loop.LoopSettings;
import io.orlop.control.loop.ReconcileLoop;
import io.orlop.control.loop.Reconciler;
import io.orlop.control.loop.Scope;
import io.orlop.control.table.FencedWriter;
import io.orlop.control.table.Table;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.Term;
import io.orlop.wire.rpc.Door;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What every service has that owns a part of the store, however many copies of it run:
///
/// ```
///   a call ──► door ── leads, and knows everything? ── no ──► NotLeader(where): the caller goes there
///                │ yes
///                ▼
///             guards ──► the service's own decisions ──► fenced writer ──► store
///                                  │                                        │ watch
///             loops ◄── wakes ─────┴──────────── knowledge ◄────────────────┘
///                                  └──► agents, each command under this term
/// ```
///
/// A copy takes office in this order: it leads; its tables hold what its predecessors wrote; everything observable is
/// known, as it is now where anybody tells; its door opens; its loops look at everything. Losing the lead closes the
/// door at once and pauses the loops. What is still under way then is refused by the store, which compares the fence,
/// and by the agents, which have heard of a later term.
public final class Owner implements AutoCloseable {
    private static final BackOff PATIENCE = new BackOff(Duration.ofMillis(100), Duration.ofSeconds(2));
    private static final Duration LOOK = Duration.ofSeconds(1);
    /// Longer than another copy of the registry takes to lead and to hear of every node.
    private static final Duration NEWS = Duration.ofSeconds(5);

    private final Ambient ambient;
    private final String office;
    private final Keyspace keyspace;
    private final Leadership leadership;
    private final Knowledge knowledge;
    private final LoopSettings pace;
    private final LoopObserver observer;
    private final Guards guards;
    private final FencedWriter writer;
    private final Map<String, ReconcileLoop<?>> loops = new TreeMap<>();
    private final List<Function<Fence, AutoCloseable>> duties = new CopyOnWriteArrayList<>();

    private final ReentrantLock lock = new ReentrantLock();
    private List<AutoCloseable> onDuty = List.of();
    /// From the beginning of a reign to its loss. A lead whose trust lapses for a moment, because a renewal is answered
    /// late, is not lost: nobody says again that it was acquired.
    private volatile @Nullable Fence reign;

    private volatile @Nullable Fence taken;

    /// @param office the service's name in a sentence and in its commands' terms: `pools`
    /// @param leadership not started yet: [#start()] does it; it is ours from now on
    /// @param knowledge stays the caller's
    /// @param pace of all its loops
    public Owner(
            Ambient ambient,
            String office,
            Keyspace keyspace,
            Leadership leadership,
            Knowledge knowledge,
            LoopSettings pace,
            LoopObserver observer) {
        this.ambient = ambient;
        this.office = office;
        this.keyspace = keyspace;
        this.leadership = leadership;
        this.knowledge = knowledge;
        this.pace = pace;
        this.observer = observer;
        this.guards = new Guards(ambient);
        this.writer = new FencedWriter(keyspace, leadership::fence);
        leadership.listen(new Reign());
    }

    public String office() {
        return office;
    }

    public Guards guards() {
        return guards;
    }

    public FencedWriter writer() {
        return writer;
    }

    /// The same agents, whose commands carry the term of this owner.
    public Agents commanding(Agents agents) {
        return agents.under(this::term);
    }

    private Optional<Term> term() {
        return leadership.fence().map(fence -> new Term(office, fence.createRevision()));
    }

    /// A loop that works while this copy is in office.
    public <K> ReconcileLoop<K> loop(String name, Reconciler<K> reconciler, Scope<K> scope) {
        var loop = new ReconcileLoop<>(ambient, pace.as(name), reconciler, scope, keyspace::online, observer);
        loops.put(name, loop);
        return loop;
    }

    /// Something else that exists while this copy is in office: made when it takes it, closed when it loses it.
    public void duty(Function<Fence, AutoCloseable> duty) {
        duties.add(duty);
    }

    /// The service, as others may call it: only the copy in office answers.
    public <T> T door(Class<T> contract, T service) {
        return Door.of(contract, service, this::closed);
    }

    /// Why calls are not answered here now; `null` if they are.
    public @Nullable Refusal closed() {
        if (isInOffice()) return null;
        if (leadership.isLeading()) {
            return new Refusal.NotLeader(
                    "the leading copy of %s is still reading what there is".formatted(office),
                    "try again in a moment",
                    null);
        }
        return new Refusal.NotLeader(
                "this copy of %s does not lead".formatted(office),
                leadership.leader().map(leader -> "ask " + leader).orElse("ask the leader once there is one"),
                leadership.leader().orElse(null));
    }

    /// Whether this copy leads and knows all that it must before it decides anything.
    public boolean isInOffice() {
        Fence known = taken;
        return known != null && leadership.fence().filter(known::equals).isPresent();
    }

    /// What the loops wait for: by loop and id, a sentence.
    public Map<String, Map<String, String>> blocked() {
        var all = new TreeMap<String, Map<String, String>>();
        loops.forEach((name, loop) -> {
            var waiting = new TreeMap<String, String>();
            loop.blocked().forEach((id, why) -> waiting.put(String.valueOf(id), why));
            if (!waiting.isEmpty()) all.put(name, waiting);
        });
        return all;
    }

    /// Keys that hold what this version cannot read, and why.
    public Map<String, String> unreadable() {
        var all = new TreeMap<String, String>();
        knowledge.tables().forEach(table -> all.putAll(table.unreadable()));
        return all;
    }

    /// Whether the store has been read once: a copy that follows is ready then, too.
    public boolean isReady() {
        return knowledge.tables().stream().allMatch(Table::isLoaded);
    }

    public void start() {
        loops.values().forEach(ReconcileLoop::start);
        leadership.start();
    }

    @Override
    public void close() {
        loops.values().forEach(ReconcileLoop::close);
        leadership.close();
        endDuties();
    }

    private void takeOffice(Fence fence) throws InterruptedException {
        int failures = 0;
        while (fence.equals(reign)) {
            try {
                if (!knowledge.catchUp(fence, LOOK) || !knowledge.awaitObserved(NEWS)) continue;
                enter(fence);
                return;
            } catch (RefusalException notNow) {
                // The store is away, as a rule.
                observer.failed(office, "taking office", notNow, ++failures, PATIENCE.limit());
                ambient.sleep(PATIENCE.after(failures, ambient.random()));
            }
        }
    }

    /// Whoever lost the office while it was being taken finds nothing to end: so it is looked at again with the lock
    /// held that the loser takes.
    private void enter(Fence fence) {
        lock.lock();
        try {
            if (!fence.equals(reign)) return;
            onDuty = duties.stream().map(duty -> duty.apply(fence)).toList();
            // Before the loops go on: a worker that comes through the door of its own service must not find it closed.
            taken = fence;
            loops.values().forEach(ReconcileLoop::resume);
        } finally {
            lock.unlock();
        }
    }

    private void leave() {
        lock.lock();
        try {
            reign = null;
            taken = null;
            loops.values().forEach(ReconcileLoop::pause);
        } finally {
            lock.unlock();
        }
        endDuties();
    }

    private void endDuties() {
        List<AutoCloseable> ended;
        lock.lock();
        try {
            ended = onDuty;
            onDuty = List.of();
        } finally {
            lock.unlock();
        }
        for (AutoCloseable duty : ended) {
            try {
                duty.close();
            } catch (Exception failed) {
                observer.failed(office, "leaving office", failed, 1, Duration.ZERO);
            }
        }
    }

    private final class Reign implements LeadershipListener {
        @Override
        public void acquired(Fence fence) {
            reign = fence;
            // A leader that never takes office would be the end, so no surprise may be that of this thread.
            Lasting.start(ambient, "taking office " + fence.key(), () -> takeOffice(fence));
        }

        @Override
        public void lost(String why) {
            leave();
        }
    }
}
