package io.orlop.wire.agent;

import io.orlop.model.NodeId;
import io.orlop.model.RefusalException;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.Repeatable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Agents behind a [CallPolicy] each: a node that is away is left in peace for a while, one that is slow is not asked
/// by everybody at once, and questions are repeated where the answer did not come.
public final class GuardedAgents implements Agents {
    private final Agents agents;
    private final CallPolicy.Registries registries;
    private final Map<NodeId, Agent> guarded = new ConcurrentSkipListMap<>();

    public GuardedAgents(Agents agents, CallPolicy.Registries registries) {
        this.agents = agents;
        this.registries = registries;
    }

    @Override
    public Agent at(NodeId node) {
        return guarded.computeIfAbsent(node, this::guard);
    }

    private Agent guard(NodeId node) {
        Agent agent = agents.at(node);
        CallPolicy policy = CallPolicy.to("agent-" + node, registries);
        InvocationHandler handler = (_, method, arguments) -> policy.<@Nullable Object>call(
                method.isAnnotationPresent(Repeatable.class), () -> invoke(agent, method, arguments));
        return (Agent) Proxy.newProxyInstance(Agent.class.getClassLoader(), new Class<?>[] {Agent.class}, handler);
    }

    private static @Nullable Object invoke(Agent agent, Method method, @Nullable Object @Nullable [] arguments) {
        try {
            return method.invoke(agent, arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof RefusalException refused) throw refused;
            if (thrown.getCause() instanceof RuntimeException failed) throw failed;
            throw new IllegalStateException(method + " failed", thrown.getCause());
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
