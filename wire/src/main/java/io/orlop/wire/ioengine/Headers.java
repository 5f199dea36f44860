package io.orlop.wire.ioengine;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import org.jspecify.annotations.Nullable;

/// What Orlop says beside the messages of the io-engine API: text in a call's metadata, which an engine that does not
/// know it ignores.
enum Headers {
    /// A command's [io.orlop.wire.agent.Term].
    TERM("orlop-term"),
    /// Where the hosts of a share, or of a new replica, have to come from: each as [io.orlop.model.AllowedHost] writes
    /// it, with spaces between. Who is not in the message is not let in by this.
    HOSTS("orlop-hosts"),
    /// Where a registering node connects from: numeric addresses, separated by commas.
    ADDRESSES("orlop-addresses"),
    /// A registration's generation, in decimal.
    GENERATION("orlop-generation"),
    /// A registration's drift, in decimal.
    DRIFT("orlop-drift"),
    /// A registration that a copy of the registry passes on; whatever it says.
    RELAYED("orlop-relayed");

    private final Metadata.Key<String> key;
    private final Context.Key<String> received;

    Headers(String name) {
        this.key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        this.received = Context.key(name);
    }

    String text() {
        return key.name();
    }

    /// The stub, with this said in every call; null says nothing.
    <S extends AbstractStub<S>> S on(S stub, @Nullable Object value) {
        if (value == null) return stub;
        var metadata = new Metadata();
        metadata.put(key, value.toString());
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata));
    }

    /// What the call that is being served says; only within a service that was [#heard].
    @Nullable
    String said() {
        return received.get();
    }

    /// The service, whose calls know what was said with them.
    static BindableService heard(BindableService service) {
        return () -> ServerInterceptors.intercept(service, new Hearing());
    }

    private static final class Hearing implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            Context context = Context.current();
            for (Headers header : values()) {
                String value = metadata.get(header.key);
                if (value != null) context = context.withValue(header.received, value);
            }
            return Contexts.interceptCall(context, call, metadata, next);
        }
    }
}
