package io.orlop.store.etcd;

import io.grpc.Contexts;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.door.Peer;
import io.orlop.store.web.ClientRequests;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Looks at each call before its service does: who calls, and may he call this at all? See [Need].
///
/// `hasleader` asks not to be served without a leader: a store of one node always leads.
final class Reception implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN = key("token");
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");
    /// Marks what the JSON gateway passes on: the certificate of such a call is the gateway's.
    private static final Metadata.Key<String> GATEWAY = key("grpcgateway-accept");

    private static final Metadata.Key<byte[]> CLIENT_API_VERSION =
            InternalMetadata.keyOf("client-api-version", new InternalMetadata.TrustedAsciiMarshaller<byte[]>() {
                @Override
                public byte[] toAsciiString(byte[] value) {
                    return value;
                }

                @Override
                public byte[] parseAsciiString(byte[] serialized) {
                    return serialized;
                }
            });

    private final Callers callers;
    private final ClientRequests requests;
    private final boolean namesCount;

    /// @param requests is told of each call
    /// @param namesCount whether the name in a client's certificate is the name of a user
    Reception(Callers callers, ClientRequests requests, boolean namesCount) {
        this.callers = callers;
        this.requests = requests;
        this.namesCount = namesCount;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        byte[] shownVersion = headers.get(CLIENT_API_VERSION);
        String version = shownVersion == null ? null : utf8(shownVersion);
        if (shownVersion != null && version == null) return refuse(call, Denial.INVALID_CLIENT_API_VERSION);
        requests.add(call.getMethodDescriptor().getType(), version);
        Credentials shown = new Credentials(token(headers), commonName(call, headers));
        try {
            Need.of(call.getMethodDescriptor().getFullMethodName()).check(callers.rights(shown));
        } catch (DeniedException denied) {
            return refuse(call, denied.denial());
        }
        if (shown.equals(Credentials.NONE)) return next.startCall(call, headers);
        return Contexts.interceptCall(shown.asCurrent(), call, headers, next);
    }

    private static <Q> ServerCall.Listener<Q> refuse(ServerCall<Q, ?> call, Denial denial) {
        call.close(Denials.status(denial).getStatus(), new Metadata());
        return new ServerCall.Listener<>() {};
    }

    /// Null if it is something else.
    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static @Nullable String token(Metadata headers) {
        String token = headers.get(TOKEN);
        if (token == null) token = headers.get(AUTHORIZATION);
        String prefix = "Bearer ";
        return token != null && token.startsWith(prefix) ? token.substring(prefix.length()) : token;
    }

    private @Nullable String commonName(ServerCall<?, ?> call, Metadata headers) {
        if (!namesCount || headers.containsKey(GATEWAY)) return null;
        return call.getAttributes().get(Peer.COMMON_NAME);
    }
}
