package io.orlop.store.door;

import io.grpc.Attributes;
import io.grpc.Grpc;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;

/// Who is at the other end, under the names that grpc-java's interceptors know.
final class Peer {
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
            attributes.set(Grpc.TRANSPORT_ATTR_SSL_SESSION, tls.engine().getSession());
        }
        Attributes made = attributes.build();
        channel.attr(KNOWN).set(made);
        return made;
    }
}
