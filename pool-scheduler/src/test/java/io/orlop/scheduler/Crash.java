package io.orlop.scheduler;

import io.orlop.control.keyspace.Commit;
import io.orlop.control.keyspace.KeyValue;
import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Lease;
import io.orlop.control.keyspace.Listing;
import io.orlop.control.keyspace.Transaction;
import io.orlop.control.keyspace.WatchListener;
import io.orlop.control.keyspace.Watching;
import io.orlop.wire.agent.Agent;
import io.orlop.wire.agent.Agents;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// The end of a process at one of its steps: a commit or a call to a node. The step is still done or not, and nothing
/// is done after it.
final class Crash {
    private final int step;
    private final boolean done;
    private final AtomicInteger steps = new AtomicInteger();
    private volatile boolean dead;

    static final class Crashed extends RuntimeException {
        Crashed() {
            super("crashed", null, false, false);
        }
    }

    /// @param step counted from 1; 0 for never
    /// @param done whether the last step still happens
    Crash(int step, boolean done) {
        this.step = step;
        this.done = done;
    }

    boolean happened() {
        return dead;
    }

    void die() {
        dead = true;
    }

    private <R> R step(Supplier<R> work) {
        if (dead) throw new Crashed();
        if (steps.incrementAndGet() != step) return work.get();
        dead = true;
        if (done) steps.addAndGet(work.get() == null ? 0 : 1);
        throw new Crashed();
    }

    Agents around(Agents agents) {
        return (node, term) -> {
            Agent agent = agents.at(node, term);
            return (Agent) Proxy.newProxyInstance(
                    Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, (_, method, arguments) -> step(() -> {
                                try {
                                    return Optional.ofNullable(method.invoke(agent, arguments));
                                } catch (InvocationTargetException thrown) {
                                    throw (RuntimeException) thrown.getCause();
                                } catch (IllegalAccessException impossible) {
                                    throw new AssertionError(impossible);
                                }
                            })
                            .orElse(null));
        };
    }

    Keyspace around(Keyspace keyspace) {
        return new Keyspace() {
            private Keyspace alive() {
                if (dead) throw new Crashed();
                return keyspace;
            }

            @Override
            public Optional<KeyValue> get(String key) {
                return alive().get(key);
            }

            @Override
            public Listing load(String prefix) {
                return alive().load(prefix);
            }

            @Override
            public long load(String prefix, Consumer<List<KeyValue>> page) {
                return alive().load(prefix, page);
            }

            @Override
            public Commit commit(Transaction transaction) {
                return step(() -> keyspace.commit(transaction));
            }

            @Override
            public Watching watch(Listing after, WatchListener listener) {
                return alive().watch(after, listener);
            }

            @Override
            public Lease grant(Duration ttl) {
                return alive().grant(ttl);
            }

            @Override
            public Optional<Duration> keepAlive(long lease) {
                return alive().keepAlive(lease);
            }

            @Override
            public void revoke(long lease) {
                alive().revoke(lease);
            }

            @Override
            public boolean online() {
                return !dead && keyspace.online();
            }

            @Override
            public void close() {
                keyspace.close();
            }
        };
    }
}
