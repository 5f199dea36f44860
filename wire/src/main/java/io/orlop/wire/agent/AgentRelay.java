package io.orlop.wire.agent;

import io.orlop.wire.rpc.ContractProxy;
import io.orlop.wire.rpc.Question;
import java.lang.reflect.Method;
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
        return ContractProxy.of(
                Agent.class,
                () -> "an agent, by way of " + this,
                (_, method, arguments) ->
                        pass(!method.isAnnotationPresent(Question.class), agent -> invoke(agent, method, arguments)));
    }

    private static @Nullable Object invoke(Agent agent, Method method, @Nullable Object @Nullable [] arguments) {
        try {
            return ContractProxy.pass(agent, method, arguments);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable undeclared) {
            throw new IllegalStateException(method + " failed", undeclared);
        }
    }
}
