package io.orlop.store.command;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.orlop.store.pem.GivenFile;
import io.orlop.store.pem.PrivateKeyPem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.spec.InvalidKeySpecException;

/// A connection to an endpoint, as the user that the endpoint names.
///
/// @param calls where calls go
record Connection(ManagedChannel channel, Channel calls) implements AutoCloseable {
    private static final int MESSAGE_BYTES_MAX = 64 << 20;

    static Connection to(Endpoint endpoint) throws IOException {
        NettyChannelBuilder builder = NettyChannelBuilder.forAddress(endpoint.host(), endpoint.port())
                .maxInboundMessageSize(MESSAGE_BYTES_MAX);
        if (endpoint.secure()) builder.sslContext(tls(endpoint));
        else builder.usePlaintext();
        ManagedChannel channel = builder.build();
        if (endpoint.user().isEmpty()) return new Connection(channel, channel);
        int colon = endpoint.user().indexOf(':');
        String name = endpoint.user().substring(0, colon);
        String password = endpoint.user().substring(colon + 1);
        Signing signing = new Signing(channel, name, password, System::nanoTime);
        return new Connection(channel, ClientInterceptors.intercept(channel, signing));
    }

    private static SslContext tls(Endpoint endpoint) throws IOException {
        SslContextBuilder builder = GrpcSslContexts.forClient();
        try {
            if (!endpoint.trusted().isEmpty()) {
                builder.trustManager(
                        file("--cacert", endpoint.trusted(), endpoint).toFile());
            }
            if (endpoint.certificate().isEmpty()) return builder.build();
            String key = PrivateKeyPem.general(Files.readString(file("--key", endpoint.key(), endpoint)));
            try (InputStream chain = Files.newInputStream(file("--cert", endpoint.certificate(), endpoint))) {
                return builder.keyManager(chain, new ByteArrayInputStream(key.getBytes(StandardCharsets.US_ASCII)))
                        .build();
            }
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new IOException("the certificates for " + endpoint + " are no good: " + e.getMessage(), e);
        }
    }

    private static Path file(String flag, String name, Endpoint endpoint) {
        return GivenFile.of(flag + " for " + endpoint, name);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
