package io.orlop.wire.agent;

import io.orlop.wire.rpc.Question;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where a call to an agent is passed on, and what is done around it.
@FunctionalInterface
public interface AgentRelay {
    /// @param command whether it may change something: whatever is no [Question] is a command
    /// @param call makes the call to an agent
    /// @return what the call gave
    @Nullable
    Object pass(boolean command, Function<Agent, @Nullable Object> call);

    /// An agent whose every call goes through this relay.
    default Agent agent() {
        InvocationHandler handler = (proxy, method, arguments) -> method.getDeclaringClass() == Object.class
                ? ofObject(proxy, method, arguments)
                : pass(!method.isAnnotationPresent(Question.class), agent -> invoke(agent, method, arguments));
        return (Agent) Proxy.newProxyInstance(Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, handler);
    }

    private Object ofObject(Object proxy, Method method, @Nullable Object @Nullable [] arguments) {
        return switch (method.getName()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "an agent, by way of " + this;
        };
    }

    private static @Nullable Object invoke(Agent agent, Method method, @Nullable Object @Nullable [] arguments) {
        try {
            return method.invoke(agent, arguments);
        } catch (InvocationTargetException thrown) {
            Throwable cause = Objects.requireNonNull(thrown.getCause());
            if (cause instanceof RuntimeException failed) throw failed;
            if (cause instanceof Error broken) throw broken;
            throw new IllegalStateException(method + " failed", cause);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
