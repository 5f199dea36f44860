package io.orlop.store.command;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.store.proto.etcdserverpb.AuthGrpc;
import io.orlop.store.proto.etcdserverpb.AuthenticateRequest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// Puts a user's token on each call. A token ends when nobody uses it for a while, and may end earlier; so it is asked
/// for anew before it is old. Where auth is not on, no token is needed.
final class Signing implements ClientInterceptor {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final long GOOD_NANOS = Duration.ofMinutes(1).toNanos();

    /// Users changed since the token was given: it is as good as none.
    private static final String OLD = "etcdserver: revision of auth store is old";

    private final Channel plain;
    private final String name;
    private final String password;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<String> token = Optional.empty();
    private long askAt;

    /// @param plain where to ask for tokens
    /// @param nanos a clock that never goes back
    Signing(Channel plain, String name, String password, LongSupplier nanos) {
        this.plain = plain;
        this.name = name;
        this.password = password;
        this.nanos = nanos;
        this.askAt = nanos.getAsLong();
    }

    private Optional<String> token() {
        lock.lock();
        try {
            long now = nanos.getAsLong();
            if (now - askAt < 0) return token;
            token = ask();
            askAt = now + GOOD_NANOS;
            return token;
        } finally {
            lock.unlock();
        }
    }

    /// The server does not know it, or not any more: it may have been started anew. Who asks next gets another.
    private void forget(Optional<String> refused) {
        lock.lock();
        try {
            if (token.equals(refused)) askAt = nanos.getAsLong();
        } finally {
            lock.unlock();
        }
    }

    private Optional<String> ask() {
        AuthenticateRequest request = AuthenticateRequest.newBuilder()
                .setName(name)
                .setPassword(password)
                .build();
        try {
            return Optional.of(
                    AuthGrpc.newBlockingStub(plain).authenticate(request).getToken());
        } catch (StatusRuntimeException refused) {
            if (refused.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) return Optional.empty();
            throw refused;
        }
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        Optional<String> current = token();
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata headers) {
                current.ifPresent(shown -> headers.put(TOKEN, shown));
                super.start(
                        new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                boolean old = OLD.equals(status.getDescription());
                                Status said = old ? Status.UNAUTHENTICATED.withDescription(OLD) : status;
                                if (said.getCode() == Status.Code.UNAUTHENTICATED) forget(current);
                                super.onClose(said, trailers);
                            }
                        },
                        headers);
            }
        };
    }
}
