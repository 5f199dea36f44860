package io.orlop.store;

import io.orlop.store.door.Tls;
import io.orlop.store.door.TlsLimits;
import io.orlop.store.pem.GivenFile;
import io.orlop.store.pem.SelfSignedPem;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// What flags say about TLS, in etcd's words: its names of versions and ciphers, its places of files.
final class TlsFlags {
    private static final List<String> VERSIONS = List.of("TLS1.2", "TLS1.3");

    /// Go lets nobody choose among those of TLS 1.3.
    private static final List<String> OF_TLS_1_3 =
            List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");

    /// What Go knows and a Java of today has switched off.
    private static final Set<String> WEAK = Set.of(
            "TLS_RSA_WITH_RC4_128_SHA",
            "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA",
            "TLS_RSA_WITH_AES_256_CBC_SHA",
            "TLS_RSA_WITH_AES_128_CBC_SHA256",
            "TLS_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
            "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA");

    private final StoreFlags flags;
    private final TlsLimits limits;
    private final List<String> warnings = new ArrayList<>();

    /// @throws IllegalArgumentException if they contradict each other
    TlsFlags(StoreFlags flags) {
        this.flags = flags;
        String revoked = flags.text(StoreFlag.CLIENT_CRL_FILE);
        limits = new TlsLimits(protocols(), ciphers(), revoked.isEmpty() ? null : Path.of(revoked));
        boolean given = isGiven(StoreFlag.CERT_FILE) && isGiven(StoreFlag.KEY_FILE);
        if (isWanted() && !given && !flags.on(StoreFlag.AUTO_TLS)) {
            throw new IllegalArgumentException("an address with https needs " + StoreFlag.CERT_FILE + " and "
                    + StoreFlag.KEY_FILE + ", or " + StoreFlag.AUTO_TLS);
        }
        if (isWanted()) requireFiles(given);
        List<URI> plain =
                listening().filter(url -> "http".equals(url.getScheme())).toList();
        if (!plain.isEmpty()) warnOfPlain(plain);
        if (given && flags.on(StoreFlag.AUTO_TLS)) {
            warnings.add(StoreFlag.AUTO_TLS + " is ignored where certificates are given");
        }
    }

    /// @param certificate whether one is given, rather than made
    private void requireFiles(boolean certificate) {
        List<StoreFlag> named = new ArrayList<>(List.of(StoreFlag.TRUSTED_CA_FILE, StoreFlag.CLIENT_CRL_FILE));
        if (certificate) named.addAll(List.of(StoreFlag.CERT_FILE, StoreFlag.KEY_FILE));
        for (StoreFlag flag : named) if (isGiven(flag)) GivenFile.of(flag.toString(), flags.text(flag));
    }

    private boolean isGiven(StoreFlag flag) {
        return !flags.text(flag).isEmpty();
    }

    private Stream<URI> listening() {
        return Stream.of(StoreFlag.LISTEN_CLIENT_URLS, StoreFlag.LISTEN_CLIENT_HTTP_URLS, StoreFlag.LISTEN_METRICS_URLS)
                .flatMap(flag -> flags.urls(flag).stream());
    }

    private boolean isWanted() {
        return listening().anyMatch(url -> "https".equals(url.getScheme()));
    }

    /// As etcd does: the scheme decides, and who asked for more should know.
    private void warnOfPlain(List<URI> plain) {
        for (StoreFlag flag : List.of(
                StoreFlag.CERT_FILE, StoreFlag.TRUSTED_CA_FILE, StoreFlag.CLIENT_CRL_FILE, StoreFlag.CIPHER_SUITES)) {
            if (isGiven(flag)) warnings.add(flag + " is of no effect for " + plain + ", which is without TLS");
        }
        for (StoreFlag flag : List.of(StoreFlag.CLIENT_CERT_AUTH, StoreFlag.AUTO_TLS)) {
            if (flags.on(flag)) warnings.add(flag + " is of no effect for " + plain + ", which is without TLS");
        }
    }

    List<String> warnings() {
        return warnings;
    }

    private List<String> protocols() {
        int least = version(StoreFlag.TLS_MIN_VERSION, 0);
        int most = version(StoreFlag.TLS_MAX_VERSION, VERSIONS.size() - 1);
        if (least > most) {
            throw new IllegalArgumentException("min version (" + VERSIONS.get(least) + ") is greater than max version ("
                    + VERSIONS.get(most) + ")");
        }
        if (least == 1 && isGiven(StoreFlag.CIPHER_SUITES)) {
            throw new IllegalArgumentException("cipher suites cannot be configured when only TLS1.3 is enabled");
        }
        return VERSIONS.subList(least, most + 1).stream()
                .map(version -> version.replace("TLS", "TLSv"))
                .toList();
    }

    private int version(StoreFlag flag, int usual) {
        String text = flags.text(flag);
        if (text.isEmpty()) return usual;
        int known = VERSIONS.indexOf(text);
        if (known < 0) {
            throw new IllegalArgumentException(
                    "unexpected TLS version \"" + text + "\" for " + flag + ": give TLS1.2 or TLS1.3");
        }
        return known;
    }

    private List<String> ciphers() {
        List<String> wanted = flags.list(StoreFlag.CIPHER_SUITES);
        if (wanted.isEmpty()) return List.of();
        List<String> possible;
        try {
            possible = Arrays.asList(
                    SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has TLS", e);
        }
        Set<String> chosen = new LinkedHashSet<>();
        for (String name : wanted) {
            String full = name.endsWith("_CHACHA20_POLY1305") ? name + "_SHA256" : name;
            if (possible.contains(full)) {
                chosen.add(full);
            } else if (WEAK.contains(full)) {
                warnings.add(name + " of " + StoreFlag.CIPHER_SUITES + " is not offered: this Java holds it for weak");
            } else {
                throw new IllegalArgumentException("unexpected TLS cipher suite \"" + name + "\"");
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException(
                    StoreFlag.CIPHER_SUITES + " names none that this Java offers: " + String.join(",", wanted));
        }
        for (String name : OF_TLS_1_3) if (possible.contains(name)) chosen.add(name);
        return List.copyOf(chosen);
    }

    /// Null if nothing listens with TLS. The directory is there by now.
    @Nullable
    Tls tls() throws IOException {
        if (!isWanted()) return null;
        String trusted = flags.text(StoreFlag.TRUSTED_CA_FILE);
        boolean given = isGiven(StoreFlag.CERT_FILE) && isGiven(StoreFlag.KEY_FILE);
        Path made = flags.dataDirectory().resolve("fixtures").resolve("client");
        Path certificate = given ? Path.of(flags.text(StoreFlag.CERT_FILE)) : made.resolve("cert.pem");
        Path key = given ? Path.of(flags.text(StoreFlag.KEY_FILE)) : made.resolve("key.pem");
        if (!given && !(Files.exists(certificate) && Files.exists(key))) make(certificate, key);
        return new Tls(
                certificate,
                key,
                trusted.isEmpty() ? null : Path.of(trusted),
                flags.on(StoreFlag.CLIENT_CERT_AUTH),
                limits);
    }

    private void make(Path certificate, Path key) throws IOException {
        Set<String> hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1", "::1"));
        listening().map(URI::getHost).forEach(hosts::add);
        Instant now = Instant.now();
        long years = flags.size(StoreFlag.SELF_SIGNED_CERT_VALIDITY);
        SelfSignedPem pem;
        try {
            pem = SelfSignedPem.of(
                    List.copyOf(hosts),
                    now,
                    now.atOffset(ZoneOffset.UTC).plusYears(years).toInstant());
        } catch (GeneralSecurityException e) {
            throw new IOException("no certificate can be made: " + e.getMessage(), e);
        }
        Files.createDirectories(certificate.resolveSibling(""));
        Files.deleteIfExists(key);
        Files.createFile(key, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(key, pem.key());
        Files.writeString(certificate, pem.certificate());
    }
}
