package io.orlop.store.door;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.security.Principal;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// Who is at the other end, under the names that grpc-java's interceptors know; and under one more.
public final class Peer {
    /// Whom the certificate names that the other end proved to have: its `CN`.
    public static final Attributes.Key<String> COMMON_NAME = Attributes.Key.create("orlop-store-common-name");

    private static final AttributeKey<Attributes> KNOWN = AttributeKey.valueOf(Peer.class, "known");

    private Peer() {}

    static Attributes attributes(Channel channel) {
        Attributes known = channel.attr(KNOWN).get();
        if (known != null) return known;
        Attributes.Builder attributes = Attributes.newBuilder()
                .set(Grpc.TRANSPORT_ATTR_REMOTE_ADDR, channel.remoteAddress())
                .set(Grpc.TRANSPORT_ATTR_LOCAL_ADDR, channel.localAddress());
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls != null) {
            SSLSession session = tls.engine().getSession();
            attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, session);
            String name = commonName(session);
            if (name != null) attributes.set(COMMON_NAME, name);
        }
        Attributes made = attributes.build();
        channel.attr(KNOWN).set(made);
        return made;
    }

    private static @Nullable String commonName(SSLSession session) {
        try {
            return commonName(session.getPeerPrincipal());
        } catch (SSLPeerUnverifiedException | NamingException nameless) {
            return null;
        }
    }

    /// Of several it is the one that stands last in the certificate, which is what Go takes. An empty one is none.
    private static @Nullable String commonName(Principal principal) throws NamingException {
        String name = null;
        for (Rdn part : new LdapName(principal.getName()).getRdns()) {
            Attribute common = part.toAttributes().get("CN");
            if (common != null && common.get() instanceof String text) name = text;
        }
        return name == null || name.isEmpty() ? null : name;
    }
}
