package io.orlop.benchmarks.control;

import io.orlop.standalone.ControlPlane;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/// The control plane that runs now. The gateway outlives it, as it does where both are processes of their own.
final class Copies {
    private final AtomicReference<ControlPlane> now;

    Copies(ControlPlane first) {
        this.now = new AtomicReference<>(first);
    }

    ControlPlane now() {
        return now.get();
    }

    void now(ControlPlane next) {
        now.set(next);
    }

    /// A service of whichever runs when it is called.
    <T> T service(Class<T> contract, Function<ControlPlane, T> of) {
        return contract.cast(Proxy.newProxyInstance(
                contract.getClassLoader(), new Class<?>[] {contract}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class
                            && method.getName().equals("equals")) {
                        return arguments[0] == proxy;
                    }
                    try {
                        return method.invoke(of.apply(now()), arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause() == null ? thrown : thrown.getCause();
                    }
                }));
    }
}
