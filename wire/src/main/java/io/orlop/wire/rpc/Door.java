package io.orlop.wire.rpc;

import io.orlop.model.Refusal;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A service behind a door that may be shut: who calls is refused before anything is done, so that a refusal at the
/// door is a promise that nothing happened. A feed is asked for each fact, too: it ends with the first one that a copy
/// hands out which does not lead any more.
public final class Door implements InvocationHandler {
    private final Object service;
    private final Supplier<? extends @Nullable Refusal> shut;

    private Door(Object service, Supplier<? extends @Nullable Refusal> shut) {
        this.service = service;
        this.shut = shut;
    }

    /// @param shut why nobody may come in now; null when the door is open. Asked before every call: it must be cheap
    public static <T> T of(Class<T> contract, T service, Supplier<? extends @Nullable Refusal> shut) {
        return contract.cast(
                Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, new Door(service, shut)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (method.getDeclaringClass() == Object.class) {
            return switch (method.getName()) {
                case "toString" -> "the door of " + service;
                case "hashCode" -> System.identityHashCode(proxy);
                case "equals" -> arguments != null && arguments[0] == proxy;
                default -> throw new AssertionError(method);
            };
        }
        ask();
        try {
            Object answer = method.invoke(service, arguments);
            return answer instanceof Feed<?> feed ? new GuardedFeed<>(feed) : answer;
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private void ask() {
        Refusal refusal = shut.get();
        if (refusal != null) throw refusal.exception();
    }

    private final class GuardedFeed<F> implements Feed<F> {
        private final Feed<F> feed;

        GuardedFeed(Feed<F> feed) {
            this.feed = feed;
        }

        @Override
        public F next() throws InterruptedException {
            ask();
            F fact = feed.next();
            ask();
            return fact;
        }

        @Override
        public void close() {
            feed.close();
        }
    }
}
