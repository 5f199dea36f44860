package io.orlop.benchmarks.control;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.StoreUnavailableException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/// A way to the store that can be cut: for whoever uses it the store is gone, and for the store its user is dead.
/// Nothing is resigned, no lease is given back.
final class Severable {
    private final Keyspace whole;
    private volatile boolean severed;

    Severable(Keyspace whole) {
        this.whole = whole;
    }

    Keyspace keyspace() {
        return (Keyspace) Proxy.newProxyInstance(
                Keyspace.class.getClassLoader(), new Class<?>[] {Keyspace.class}, (_, method, arguments) -> {
                    if (severed) throw StoreUnavailableException.untouched(method.getName(), "severed", null);
                    try {
                        return method.invoke(whole, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                });
    }

    void sever() {
        severed = true;
    }
}
