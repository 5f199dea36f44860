package io.orlop.simulation;

import io.orlop.control.keyspace.local.Faults;
import io.orlop.control.keyspace.local.LocalKeyspace;
import io.orlop.control.keyspace.local.LocalStore;
import io.orlop.model.Caller;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Signal;
import io.orlop.wire.rpc.Feed;
import io.orlop.wire.status.NoAnswerException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Carries calls between processes, and to the store: late, in any order, and in bad [Weather] not at all.
///
/// ```
///   caller ── request ──► a thread of the callee ── answer ──► caller
///       │ late, or lost: TimedOut                    │ late, or lost: TimedOut, and it has happened
///       │ nobody there: Unavailable                  │ the callee crashes: Unavailable, and it may have happened
/// ```
///
/// The fault model: the network never does a call twice (gRPC's connections do not repeat), a caller that gives up does
/// not know whether it was done, and every wait ends.
final class SimulatedNetwork {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STORE_PATIENCE = Duration.ofSeconds(2);
    private static final int LATE_MS = 4;

    private final SeededScheduler scheduler;
    private final SeededAmbient storesMachine;
    private final LocalStore store;
    private final List<Exchange> open = new ArrayList<>();
    private final List<StoreClient> storeClients = new ArrayList<>();
    private final Map<SeededAmbient, Faults.Fate> nextCommits = new IdentityHashMap<>();
    private final Map<SeededAmbient, Duration> slow = new IdentityHashMap<>();
    private final Map<String, Duration> lateReaders = new TreeMap<>();
    private Weather weather = Weather.FAIR;
    private Runnable everyStep = () -> {};

    private record StoreClient(SeededAmbient process, LocalKeyspace keyspace) {}

    SimulatedNetwork(SeededScheduler scheduler) {
        this.scheduler = scheduler;
        this.storesMachine = scheduler.process("store");
        this.store = new LocalStore(storesMachine);
    }

    /// A process and what it serves.
    record Served<T>(SeededAmbient process, T service) {}

    /// Told of every message before it is delivered: where a test crashes somebody or changes the weather.
    void onEveryStep(Runnable step) {
        everyStep = step;
    }

    void weather(Weather now) {
        weather = now;
        storeClients.removeIf(client -> client.process().isCrashed());
        for (StoreClient client : List.copyOf(storeClients)) {
            if (now.separates(client.process(), storesMachine))
                client.keyspace().disconnect();
            else client.keyspace().reconnect();
        }
    }

    /// What everybody has stored, beside the network: for a test to look at.
    LocalStore store() {
        return store;
    }

    /// The store, as a process reaches it.
    LocalKeyspace keyspace(SeededAmbient process) {
        var keyspace = new LocalKeyspace(store, process, new WayToTheStore(process));
        if (weather.separates(process, storesMachine)) keyspace.disconnect();
        storeClients.add(new StoreClient(process, keyspace));
        return keyspace;
    }

    /// Has the next commit of this process lost, or the answer to it, or refused by the store.
    void failNextCommit(SeededAmbient process, CommitFailure failure) {
        nextCommits.put(
                process,
                switch (failure) {
                    case LOST -> new Faults.Fate.RequestLost(STORE_PATIENCE);
                    case KEPT_UNANSWERED -> new Faults.Fate.AnswerLost(STORE_PATIENCE);
                    case REFUSED -> new Faults.Fate.Refused("mvcc: database space exceeded");
                });
    }

    enum CommitFailure {
        LOST,
        KEPT_UNANSWERED,
        REFUSED
    }

    /// From now on this process does not reach the store, and whatever it sends to others may come this late: so late
    /// that another leads when its commands arrive.
    void strand(SeededAmbient process, Duration late) {
        slow.put(process, late);
    }

    void rescue(SeededAmbient process) {
        slow.remove(process);
    }

    /// From now on whoever runs on this machine takes in what it is told, by watches and feeds, up to this long after.
    void readsLate(String machine, Duration late) {
        lateReaders.put(machine, late);
    }

    void readsInTime(String machine) {
        lateReaders.remove(machine);
    }

    private Duration lateness(SeededAmbient reader) {
        Duration late = lateReaders.get(reader.machine());
        return late == null ? Duration.ZERO : Duration.ofMillis(random().nextInt((int) late.toMillis()));
    }

    private Faults.Fate fateOfStoreCall(SeededAmbient process, String call) {
        everyStep.run();
        if (slow.containsKey(process)) return new Faults.Fate.RequestLost(STORE_PATIENCE);
        Faults.Fate decided = call.equals("commit") ? nextCommits.remove(process) : null;
        if (decided != null) return decided;
        if (!arrives(process, storesMachine)) return new Faults.Fate.RequestLost(STORE_PATIENCE);
        if (!arrives(storesMachine, process)) return new Faults.Fate.AnswerLost(STORE_PATIENCE);
        return new Faults.Fate.Delivered(onTheWay(), onTheWay());
    }

    private final class WayToTheStore implements Faults {
        private final SeededAmbient process;

        WayToTheStore(SeededAmbient process) {
            this.process = process;
        }

        @Override
        public Fate fate(String call) {
            return fateOfStoreCall(process, call);
        }

        @Override
        public Duration late() {
            return lateness(process);
        }
    }

    /// What `caller` holds of a service: whoever serves it at the moment of a call answers.
    <T> T link(Class<T> contract, SeededAmbient caller, Supplier<Optional<Served<T>>> callee) {
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && proxy == arguments[0];
            case "toString" -> contract.getSimpleName() + " for " + caller;
            case "close" -> {
                // A connection's end is not simulated: it ends with its process.
                yield null;
            }
            default -> call(contract, method, arguments, caller, callee);
        };
        return contract.cast(Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, handler));
    }

    /// Ends what is under way with a process that crashed.
    void crashed(SeededAmbient process) {
        for (Exchange exchange : List.copyOf(open)) {
            if (exchange.callee == process) exchange.broken();
        }
        open.removeIf(exchange -> exchange.callee == process || exchange.caller == process);
    }

    private <T> @Nullable Object call(
            Class<T> contract,
            Method method,
            @Nullable Object @Nullable [] arguments,
            SeededAmbient caller,
            Supplier<Optional<Served<T>>> callee)
            throws Throwable {
        String name = contract.getSimpleName() + "." + method.getName();
        travel(caller);
        Served<T> served =
                callee.get().filter(found -> !found.process().isCrashed()).orElse(null);
        if (served == null) {
            throw new NoAnswerException(
                    new Refusal.Unavailable("nobody serves " + name, "try again when it is started"));
        }
        if (!arrives(caller, served.process())) {
            caller.sleep(PATIENCE);
            throw timedOut(name);
        }
        var exchange = new Exchange(name, caller, served.process());
        open.add(exchange);
        Caller forWhom = Caller.current();
        served.process()
                .start(
                        name,
                        () -> exchange.serve(() -> forWhom.<@Nullable Object, Exception>call(
                                () -> method.invoke(served.service(), arguments))));
        try {
            boolean answered = exchange.done.await(PATIENCE.multipliedBy(6));
            travel(caller);
            if (!answered) throw timedOut(name);
            if (!arrives(served.process(), caller)) {
                caller.sleep(PATIENCE);
                throw timedOut(name);
            }
        } finally {
            open.remove(exchange);
        }
        Object answer = exchange.answer();
        return answer instanceof Feed<?> feed ? new RemoteFeed<>(name, caller, served.process(), feed) : answer;
    }

    private void travel(SeededAmbient caller) throws InterruptedException {
        everyStep.run();
        Duration late = slow.get(caller);
        caller.sleep(late == null ? onTheWay() : Duration.ofMillis(1 + random().nextInt((int) late.toMillis())));
    }

    Duration onTheWay() {
        return Duration.ofNanos(1 + random().nextInt(LATE_MS * 1_000_000));
    }

    /// Whether anything at all gets from one to the other.
    boolean connected(SeededAmbient one, SeededAmbient other) {
        return !weather.separates(one, other);
    }

    boolean arrives(SeededAmbient from, SeededAmbient to) {
        if (weather.separates(from, to)) return false;
        return weather.lost() == 0 || random().nextDouble() >= weather.lost();
    }

    private Random random() {
        return scheduler.random();
    }

    private static RuntimeException timedOut(String name) {
        return new NoAnswerException(
                new Refusal.TimedOut(name + " was not answered in time", "look whether it happened, and try again"));
    }

    private interface Work {
        @Nullable
        Object run() throws Exception;
    }

    /// One call under way.
    private static final class Exchange {
        private final String name;
        private final SeededAmbient caller;
        private final SeededAmbient callee;
        private final Signal done;
        private @Nullable Object answer;
        private @Nullable Throwable thrown;

        Exchange(String name, SeededAmbient caller, SeededAmbient callee) {
            this.name = name;
            this.caller = caller;
            this.callee = callee;
            this.done = caller.signal();
        }

        void serve(Work work) {
            try {
                answer = work.run();
            } catch (InvocationTargetException failure) {
                thrown = failure.getCause();
            } catch (Exception failure) {
                thrown = failure;
            }
            done.raise();
        }

        void broken() {
            thrown = new NoAnswerException(new Refusal.Unavailable(
                    "the connection broke during " + name, "look whether it happened, and try again"));
            done.raise();
        }

        @Nullable
        Object answer() throws Throwable {
            if (thrown != null) throw thrown;
            return answer;
        }
    }

    /// Facts pulled one by one over the network; broken when its server is.
    private final class RemoteFeed<T> implements Feed<T> {
        private final String name;
        private final SeededAmbient caller;
        private final SeededAmbient callee;
        private final Feed<T> feed;
        private boolean closed;

        RemoteFeed(String name, SeededAmbient caller, SeededAmbient callee, Feed<T> feed) {
            this.name = name;
            this.caller = caller;
            this.callee = callee;
            this.feed = feed;
        }

        @Override
        @SuppressWarnings("unchecked") // What the feed hands out is a T.
        public T next() throws InterruptedException {
            if (callee.isCrashed() || closed) throw brokenFeed();
            var exchange = new Exchange(name, caller, callee);
            open.add(exchange);
            callee.start(name, () -> exchange.serve(feed::next));
            try {
                exchange.done.await();
                travel(caller);
                caller.sleep(lateness(caller));
                if (!arrives(callee, caller)) {
                    caller.sleep(PATIENCE);
                    closed = true;
                    throw brokenFeed();
                }
                Object fact = exchange.answer();
                if (fact == null) throw brokenFeed();
                return (T) fact;
            } catch (InterruptedException | RuntimeException expected) {
                throw expected;
            } catch (Throwable unexpected) {
                throw new IllegalStateException(unexpected);
            } finally {
                open.remove(exchange);
            }
        }

        @Override
        public void close() {
            closed = true;
            if (!callee.isCrashed()) callee.start(name + " closed", feed::close);
        }

        private RuntimeException brokenFeed() {
            return new NoAnswerException(new Refusal.Unavailable("the feed " + name + " is broken", "open another"));
        }
    }
}
