package io.orlop.wire.store;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.orlop.model.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Where the store is, and who we are there.
///
/// @param endpoints URLs of its members, all with `http` or all with `https`
public record StoreAccess(List<String> endpoints, StoreTls tls, StoreLogin login) {
    public StoreAccess {
        endpoints = endpoints.stream().map(String::strip).toList();
        if (endpoints.isEmpty()) {
            throw new IllegalArgumentException("no store endpoint is given; name at least one URL");
        }
        long secure = endpoints.stream().filter(StoreAccess::isSecure).count();
        if (secure != 0 && secure != endpoints.size()) {
            throw new IllegalArgumentException("of the store's endpoints " + endpoints
                    + " some are https and some are not; make them all the same");
        }
        if (secure == 0 && !tls.equals(StoreTls.NONE)) {
            throw new IllegalArgumentException("certificates for the store are given, and its endpoints " + endpoints
                    + " are not https; write them with https://");
        }
    }

    /// A store that is open to everybody.
    public static StoreAccess open(String... endpoints) {
        return new StoreAccess(List.of(endpoints), StoreTls.NONE, StoreLogin.NONE);
    }

    private static boolean isSecure(String endpoint) {
        return endpoint.startsWith("https://");
    }

    /// A client's settings from what the files hold now.
    ClientBuilder builder() throws IOException {
        ClientBuilder builder = Client.builder()
                .endpoints(endpoints.toArray(String[]::new))
                // Without a call there is nothing to keep alive, and a store takes who asks all the same for an attack.
                .keepaliveWithoutCalls(false);
        if (isSecure(endpoints.getFirst())) {
            try {
                builder.sslContext(ssl -> {
                    Path ca = tls.ca();
                    if (ca != null) ssl.trustManager(ca.toFile());
                    Path certificate = tls.certificate();
                    Path key = tls.key();
                    if (certificate != null && key != null) ssl.keyManager(certificate.toFile(), key.toFile());
                });
            } catch (IllegalArgumentException unreadable) {
                throw new IOException(unreadable.getMessage(), unreadable);
            }
        }
        String user = login.user();
        if (user != null) builder.user(bytes(user)).password(bytes(password()));
        return builder;
    }

    private String password() throws IOException {
        Path file = login.passwordFile();
        return file == null
                ? Objects.requireNonNull(login.password())
                : Files.readString(file).strip();
    }

    /// Changes whenever a file does.
    String fingerprint() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Path file : files()) {
                byte[] content = Files.readAllBytes(file);
                digest.update(content);
                digest.update((byte) 0);
                Arrays.fill(content, (byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private List<Path> files() {
        return Stream.of(tls.ca(), tls.certificate(), tls.key(), login.passwordFile())
                .filter(Objects::nonNull)
                .toList();
    }

    Refusal unreadable(IOException why) {
        return new Refusal.Invalid(
                "what proves who we are to the store cannot be used: " + why.getMessage(),
                "look at orlop.store.tls.* and orlop.store.password-file; keys are PEM in PKCS#8");
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
