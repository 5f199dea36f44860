package io.orlop.volume;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A process that dies at its n-th call to the world outside: before the call or after it, and then for good. What it
/// calls can be seen, and something may happen just before.
final class Crashable {
    private static final Set<String> LOOKS =
            Set.of("get", "load", "watch", "online", "keepAlive", "grant", "revoke", "close", "toString", "hashCode");

    private final int dieAt;
    private final boolean afterwards;
    /// `Pools.provision`, `Keyspace.commit` and so on, in this order; looks are not among them.
    final List<String> calls = new CopyOnWriteArrayList<>();
    /// Called with each of those before it is made; what it throws is the answer.
    volatile Consumer<String> before = _ -> {};
    private int counted;
    private boolean dead;

    Crashable(int dieAt, boolean afterwards) {
        this.dieAt = dieAt;
        this.afterwards = afterwards;
    }

    static Crashable immortal() {
        return new Crashable(Integer.MAX_VALUE, false);
    }

    static final class Crash extends Error {
        private static final long serialVersionUID = 1;

        Crash(String where) {
            super(where, null, false, false);
        }
    }

    synchronized boolean dead() {
        return dead;
    }

    <T> T through(Class<T> port, T real) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(), new Class<?>[] {port}, (_, method, arguments) -> call(real, method, arguments)));
    }

    private @Nullable Object call(Object real, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        String where = method.getDeclaringClass().getSimpleName() + "." + method.getName();
        boolean counts = counts(method);
        if (counts) {
            calls.add(where);
            before.accept(where);
        }
        boolean dies = counts && dies();
        if (dies && !afterwards || dead() && !dies) throw new Crash(where);
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        } finally {
            if (dies && afterwards) throwCrash(where);
        }
    }

    private static void throwCrash(String where) {
        throw new Crash("after " + where);
    }

    private static boolean counts(Method method) {
        return !LOOKS.contains(method.getName());
    }

    /// What was asked of other services.
    List<String> commands() {
        return calls.stream().filter(call -> !call.startsWith("Keyspace.")).toList();
    }

    private synchronized boolean dies() {
        if (dead) return false;
        dead = ++counted == dieAt;
        return dead;
    }
}
