package io.orlop.wire.rpc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A contract as an object whose every call comes to one place, by its name. It is equal to itself alone. What becomes
/// of a default method is for the place to say: it may have been overridden by whoever serves the contract.
public final class ContractProxy {
    private ContractProxy() {}

    /// @param name what the object says that it is
    public static <T> T of(Class<T> contract, Supplier<String> name, InvocationHandler place) {
        InvocationHandler handler = (proxy, method, arguments) -> method.getDeclaringClass() == Object.class
                ? ofObject(proxy, method, arguments, name)
                : place.invoke(proxy, method, arguments);
        return contract.cast(Proxy.newProxyInstance(contract.getClassLoader(), new Class<?>[] {contract}, handler));
    }

    /// Makes the same call to somebody else.
    ///
    /// @throws Throwable what that call throws, as it is
    public static @Nullable Object pass(Object to, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(to, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private static Object ofObject(
            Object proxy, Method method, @Nullable Object @Nullable [] arguments, Supplier<String> name) {
        return switch (method.getName()) {
            case "toString" -> name.get();
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> arguments != null && arguments[0] == proxy;
            default -> throw new AssertionError(method);
        };
    }
}
