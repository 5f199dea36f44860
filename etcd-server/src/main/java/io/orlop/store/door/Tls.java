package io.orlop.store.door;

import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.orlop.store.pem.PrivateKeyPem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.spec.InvalidKeySpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Certificates from files. Files that change count from the next connection on, as with etcd; while they cannot be
/// read, the last good ones stay.
public final class Tls {
    private static final System.Logger LOGGER = System.getLogger(Tls.class.getName());

    private final Path certificate;
    private final Path key;
    private final @Nullable Path trusted;
    private final boolean clientMustProve;
    private final TlsLimits limits;
    private final @Nullable Revocations revocations;
    private final ReentrantLock lock = new ReentrantLock();
    private List<FileTime> readAt;
    private SslContext context;

    /// @param certificate the server's chain, PEM
    /// @param key its private key, PEM
    /// @param trusted who may sign clients' certificates; null for the system's
    /// @param clientMustProve whether a client without a certificate is refused
    /// @throws IOException if the files cannot be used
    public Tls(Path certificate, Path key, @Nullable Path trusted, boolean clientMustProve) throws IOException {
        this(certificate, key, trusted, clientMustProve, TlsLimits.none());
    }

    /// @param limits what is narrower than usual
    public Tls(Path certificate, Path key, @Nullable Path trusted, boolean clientMustProve, TlsLimits limits)
            throws IOException {
        this.limits = limits;
        this.revocations = limits.revoked() == null ? null : new Revocations(limits.revoked());
        this.certificate = certificate;
        this.key = key;
        this.trusted = trusted;
        this.clientMustProve = clientMustProve;
        this.readAt = modified();
        this.context = read();
    }

    private List<FileTime> modified() throws IOException {
        List<FileTime> times = new ArrayList<>();
        for (Path file :
                Stream.of(certificate, key, trusted).filter(Objects::nonNull).toList()) {
            times.add(Files.getLastModifiedTime(file));
        }
        return times;
    }

    private SslContext read() throws IOException {
        try (InputStream chain = Files.newInputStream(certificate);
                InputStream pkcs8 = pkcs8()) {
            SslContextBuilder builder = SslContextBuilder.forServer(chain, pkcs8)
                    .protocols(limits.protocols())
                    .ciphers(
                            limits.ciphers().isEmpty() ? TlsLimits.USUAL_CIPHERS : limits.ciphers(),
                            SupportedCipherSuiteFilter.INSTANCE)
                    .applicationProtocolConfig(new ApplicationProtocolConfig(
                            ApplicationProtocolConfig.Protocol.ALPN,
                            ApplicationProtocolConfig.SelectorFailureBehavior.NO_ADVERTISE,
                            ApplicationProtocolConfig.SelectedListenerFailureBehavior.ACCEPT,
                            "h2",
                            "http/1.1"));
            if (trusted != null) builder.trustManager(trusted.toFile());
            if (clientMustProve || trusted != null) builder.clientAuth(ClientAuth.REQUIRE);
            return builder.build();
        } catch (InvalidKeySpecException | IllegalArgumentException e) {
            throw new IOException("cannot use " + certificate + " and " + key + ": " + e.getMessage(), e);
        }
    }

    private InputStream pkcs8() throws IOException, InvalidKeySpecException {
        String pem = PrivateKeyPem.general(Files.readString(key));
        return new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII));
    }

    /// Whether a client's certificate says who it is, so that its name may count as a user's.
    public boolean clientMustProve() {
        return clientMustProve;
    }

    /// What a connection goes through before anybody listens to it.
    void secure(Channel channel) {
        channel.pipeline().addLast(context().newHandler(channel.alloc()));
        if (revocations != null) channel.pipeline().addLast(revocations.new Guard());
    }

    private SslContext context() {
        lock.lock();
        try {
            List<FileTime> now = modified();
            if (!now.equals(readAt)) {
                context = read();
                readAt = now;
            }
        } catch (IOException unreadable) {
            LOGGER.log(System.Logger.Level.WARNING, "going on with the old certificates", unreadable);
        } finally {
            lock.unlock();
        }
        return context;
    }
}
