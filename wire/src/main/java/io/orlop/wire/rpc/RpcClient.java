package io.orlop.wire.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import io.orlop.model.Refusal;
import io.orlop.wire.status.RefusalStatus;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Calls one of our contracts over a channel. Refusals arrive as they were thrown.
public final class RpcClient {
    private final String peer;
    private final Channel channel;
    private final CallPolicy policy;
    private final Duration deadline;
    private final Map<Method, Contract.Procedure> procedures;

    private RpcClient(Class<?> contract, Channel channel, CallPolicy policy, Duration deadline) {
        this.peer = contract.getSimpleName();
        this.channel = ClientInterceptors.intercept(channel, new CallerMetadata.Sending());
        this.policy = policy;
        this.deadline = deadline;
        this.procedures = Contract.procedures(contract).stream()
                .collect(Collectors.toMap(Contract.Procedure::method, Function.identity()));
    }

    /// @param deadline for each call but feeds
    public static <T> T of(Class<T> contract, Channel channel, CallPolicy policy, Duration deadline) {
        var client = new RpcClient(contract, channel, policy, deadline);
        return ContractProxy.of(contract, () -> client.peer + " at " + channel.authority(), client::called);
    }

    private @Nullable Object called(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        Contract.Procedure procedure = procedures.get(method);
        if (procedure == null) return InvocationHandler.invokeDefault(proxy, method, arguments);
        byte[] request =
                MessageSize.ofRequest(procedure.descriptor().getFullMethodName(), procedure.encodeArguments(arguments));
        if (procedure.feed()) return new RemoteFeed(procedure, request);
        return policy.call(procedure.repeatable(), () -> {
            try {
                return procedure.decodeResult(ClientCalls.blockingUnaryCall(
                        channel,
                        procedure.descriptor(),
                        CallOptions.DEFAULT.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS),
                        request));
            } catch (RuntimeException answer) {
                throw RefusalStatus.understoodOfOurs(peer, answer);
            }
        });
    }

    /// Asks for one more message when it hands one out, so that a slow reader holds two at most.
    private final class RemoteFeed implements Feed<Object> {
        private final Contract.Procedure procedure;
        private final ClientCall<byte[], byte[]> call;
        private final BlockingQueue<Object> arrived = new LinkedBlockingQueue<>();

        RemoteFeed(Contract.Procedure procedure, byte[] request) {
            this.procedure = procedure;
            this.call = channel.newCall(procedure.descriptor(), CallOptions.DEFAULT);
            call.start(
                    new ClientCall.Listener<>() {
                        @Override
                        public void onMessage(byte[] message) {
                            arrived.add(message);
                        }

                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            arrived.add(RefusalStatus.understoodOfOurs(
                                    peer,
                                    status.isOk()
                                            ? Status.UNAVAILABLE
                                                    .withDescription("the feed ended")
                                                    .asRuntimeException()
                                            : status.asRuntimeException(trailers)));
                        }
                    },
                    new Metadata());
            call.sendMessage(request);
            call.halfClose();
            call.request(2);
        }

        @Override
        public Object next() throws InterruptedException {
            Object message = arrived.take();
            if (message instanceof RuntimeException closed) {
                arrived.add(closed);
                throw closed;
            }
            call.request(1);
            Object value = procedure.decodeResult((byte[]) message);
            if (value == null) {
                throw new Refusal.Failed(peer + " sent an empty fact", "look into its log").exception();
            }
            return value;
        }

        @Override
        public void close() {
            call.cancel("no longer read", null);
        }
    }
}
