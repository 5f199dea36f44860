package io.orlop.wire.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.orlop.model.Caller;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.json.Json;
import io.orlop.wire.status.RefusalStatus;
import tools.jackson.core.JacksonException;

/// Carries the [Caller] beside a call, as JSON. Whoever sends none is the control plane itself; one that cannot be
/// understood is refused, so that nobody is taken for somebody else.
final class CallerMetadata {
    private static final Metadata.Key<byte[]> CALLER =
            Metadata.Key.of("orlop-caller-bin", Metadata.BINARY_BYTE_MARSHALLER);
    private static final Context.Key<Caller> RECEIVED = Context.keyWithDefault("caller", Caller.SYSTEM);

    private CallerMetadata() {}

    /// Whom the call that is being answered is for.
    static Caller received() {
        return RECEIVED.get();
    }

    static final class Sending implements ClientInterceptor {
        @Override
        public <Q, A> ClientCall<Q, A> interceptCall(
                MethodDescriptor<Q, A> method, CallOptions options, Channel channel) {
            Caller caller = Caller.current();
            return new ForwardingClientCall.SimpleForwardingClientCall<>(channel.newCall(method, options)) {
                @Override
                public void start(Listener<A> answers, Metadata headers) {
                    if (!caller.equals(Caller.SYSTEM))
                        headers.put(CALLER, Json.mapper().writeValueAsBytes(caller));
                    super.start(answers, headers);
                }
            };
        }
    }

    static final class Receiving implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            byte[] sent = headers.get(CALLER);
            if (sent == null) return next.startCall(call, headers);
            Caller caller;
            try {
                caller = Json.mapper().readValue(sent, Caller.class);
            } catch (JacksonException | RefusalException malformed) {
                StatusRuntimeException refusal = RefusalStatus.exception(new Refusal.Invalid(
                        "the caller of %s is not understood: %s"
                                .formatted(call.getMethodDescriptor().getFullMethodName(), malformed.getMessage()),
                        "send who and edge, or nothing"));
                Metadata trailers = refusal.getTrailers();
                call.close(refusal.getStatus(), trailers == null ? new Metadata() : trailers);
                return new ServerCall.Listener<>() {};
            }
            return Contexts.interceptCall(Context.current().withValue(RECEIVED, caller), call, headers, next);
        }
    }
}
