package io.orlop.wire.rpc;

import io.orlop.model.Refusal;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A service behind a door that may be shut: who calls is refused before anything is done, so that a refusal at the
/// door is a promise that nothing happened. A feed is asked for each fact, too: it ends with the first one that a copy
/// hands out which does not lead any more.
public final class Door {
    private final Object service;
    private final Supplier<? extends @Nullable Refusal> shut;

    private Door(Object service, Supplier<? extends @Nullable Refusal> shut) {
        this.service = service;
        this.shut = shut;
    }

    /// @param shut why nobody may come in now; null when the door is open. Asked before every call: it must be cheap
    public static <T> T of(Class<T> contract, T service, Supplier<? extends @Nullable Refusal> shut) {
        var door = new Door(service, shut);
        return ContractProxy.of(
                contract, () -> "the door of " + service, (_, method, arguments) -> door.passed(method, arguments));
    }

    /// A default method, too, is the service's, which may have one of its own.
    private @Nullable Object passed(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        ask();
        Object answer = ContractProxy.pass(service, method, arguments);
        return answer instanceof Feed<?> feed ? new GuardedFeed<>(feed) : answer;
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
