package io.orlop.volume;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A process that dies at its n-th call to the world outside: before the call or after it, and then for good.
final class Crashable {
    private static final Set<String> LOOKS =
            Set.of("get", "load", "watch", "online", "keepAlive", "grant", "revoke", "close", "toString", "hashCode");

    private final int dieAt;
    private final boolean afterwards;
    private int calls;
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
        boolean dies = counts(method) && dies();
        String where = method.getDeclaringClass().getSimpleName() + "." + method.getName();
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

    private synchronized boolean dies() {
        if (dead) return false;
        dead = ++calls == dieAt;
        return dead;
    }
}
