package io.orlop.store.etcd;

import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.InternalMetadata;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
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

    Reception(Callers callers) {
        this.callers = callers;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        byte[] version = headers.get(CLIENT_API_VERSION);
        if (version != null && !isUtf8(version)) {
            return refuse(call, Denial.INVALID_CLIENT_API_VERSION);
        }
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

    private static boolean isUtf8(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static @Nullable String token(Metadata headers) {
        String token = headers.get(TOKEN);
        if (token == null) token = headers.get(AUTHORIZATION);
        String prefix = "Bearer ";
        return token != null && token.startsWith(prefix) ? token.substring(prefix.length()) : token;
    }

    private static @Nullable String commonName(ServerCall<?, ?> call, Metadata headers) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        if (session == null || headers.containsKey(GATEWAY)) return null;
        try {
            return commonName(session.getPeerPrincipal());
        } catch (SSLPeerUnverifiedException | InvalidNameException withoutCertificate) {
            return null;
        }
    }

    private static @Nullable String commonName(Principal principal) throws InvalidNameException {
        for (Rdn part : new LdapName(principal.getName()).getRdns()) {
            if (part.getType().equalsIgnoreCase("CN")) return part.getValue().toString();
        }
        return null;
    }
}
