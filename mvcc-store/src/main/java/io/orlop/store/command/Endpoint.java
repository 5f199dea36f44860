package io.orlop.store.command;

import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;

/// A running store or etcd, by its address: `http://HOST:PORT`, or `HOST:PORT`.
record Endpoint(String host, int port) {
    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    static Endpoint parse(String text) {
        URI url = URI.create(text.contains("://") ? text : "http://" + text);
        if (!"http".equals(url.getScheme()) || url.getHost() == null || url.getPort() < 0) {
            throw new IllegalArgumentException("endpoint " + text + ": give it as http://HOST:PORT");
        }
        return new Endpoint(url.getHost(), url.getPort());
    }

    ManagedChannel connect() {
        return NettyChannelBuilder.forAddress(host, port)
                .usePlaintext()
                .maxInboundMessageSize(MESSAGE_BYTES_MAX)
                .build();
    }
}
