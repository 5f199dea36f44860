package io.orlop.store.etcd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.etcd.RealEtcd;
import io.orlop.store.StoreProcess;
import io.orlop.store.pem.RevokedPem;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real etcd is the oracle: both are started with the same flags, and the same clients come in or do not.
///
/// Debian's etcd is a 3.4, to which no least and no greatest version of TLS can be said: those are `TlsTest`'s.
class TlsDifferentialTest {
    /// Each as Go and as the JDK call it, for a server whose key is of an elliptic curve.
    private static final List<String> CIPHERS = List.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
            "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA");

    private static final KeyManager[] NOBODY = {};

    @TempDir
    Path directory;

    private SelfSigned server;
    private int started;

    @BeforeEach
    void makeCertificate() throws Exception {
        server = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        server.writeTo(directory.resolve("server.crt"), directory.resolve("server.key"));
    }

    private String[] certified(String... more) {
        List<String> flags = new ArrayList<>(List.of(
                "--cert-file=" + directory.resolve("server.crt"), "--key-file=" + directory.resolve("server.key")));
        flags.addAll(List.of(more));
        return flags.toArray(String[]::new);
    }

    private interface Asking {
        /// @param authority `host:port`
        Object ask(String authority) throws Exception;
    }

    /// What both say while they run.
    private record Answers(Object real, Object ours) {}

    private Answers ask(Asking asking, String... flags) throws Exception {
        Path data = Files.createDirectory(directory.resolve("data " + started++));
        Object real;
        try (RealEtcd etcd = RealEtcd.startOn(data.resolve("etcd"), flags)) {
            real = asking.ask(etcd.authority());
        }
        List<String> own = new ArrayList<>(
                List.of("--data-dir", data.resolve("ours").toString(), "--listen-client-urls", "https://127.0.0.1:0"));
        own.addAll(List.of(flags));
        try (StoreProcess store = new StoreProcess(own.toArray(String[]::new))) {
            return new Answers(real, asking.ask("127.0.0.1:" + store.awaitReady()));
        }
    }

    private Object agreed(Asking asking, String... flags) throws Exception {
        Answers answers = ask(asking, flags);
        assertThat(answers.ours()).isEqualTo(answers.real());
        return answers.real();
    }

    private SSLContext client(KeyManager... own) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, server.trust().getTrustManagers(), null);
        return context;
    }

    /// The first line of what a page answers, and how that was said; or that nobody was let in.
    private static String page(String authority, String path, SSLContext context, String protocol, String... ciphers) {
        URI at = URI.create("https://" + authority);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(at.getHost(), at.getPort())) {
            socket.setEnabledProtocols(new String[] {protocol});
            if (ciphers.length > 0) socket.setEnabledCipherSuites(ciphers);
            String line = page(socket, authority, path);
            if (line == null) return "refused";
            String cipher = ciphers.length > 0 ? " " + socket.getSession().getCipherSuite() : "";
            return line + " over " + socket.getSession().getProtocol() + cipher;
        } catch (IOException refused) {
            return "refused";
        }
    }

    private static @Nullable String page(Socket socket, String authority, String path) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + authority + "\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(US_ASCII));
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII)).readLine();
    }

    @Test
    void speaksTheVersionsOfTlsThatEtcdSpeaks() throws Exception {
        Asking versions = authority -> {
            Map<String, String> answers = new TreeMap<>();
            for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                answers.put(protocol, page(authority, "/health", client(NOBODY), protocol));
            }
            for (int minor = 0; minor <= 3; minor++) answers.put("hello 3." + minor, hello(authority, minor));
            return answers;
        };
        assertThat(agreed(versions, certified()))
                .isEqualTo(new TreeMap<>(Map.of(
                        "TLSv1.2", "HTTP/1.1 200 OK over TLSv1.2",
                        "TLSv1.3", "HTTP/1.1 200 OK over TLSv1.3",
                        "hello 3.0", "refused",
                        "hello 3.1", "refused",
                        "hello 3.2", "refused",
                        "hello 3.3", "hello 3.3")));
    }

    /// Says hello in a version that the JDK does not speak any more; 3.1 is TLS 1.0.
    private static String hello(String authority, int minor) throws IOException {
        URI at = URI.create("https://" + authority);
        try (Socket socket = new Socket(at.getHost(), at.getPort())) {
            socket.getOutputStream().write(helloOf(minor));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int type = in.read();
            if (type != 22) return "refused";
            in.skipNBytes(8);
            return "hello " + in.readUnsignedByte() + "." + in.readUnsignedByte();
        }
    }

    private static byte[] helloOf(int minor) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(body);
        out.write(new byte[] {3, (byte) minor});
        out.write(new byte[32]);
        out.write(0);
        // Four ciphers of ECDHE and ECDSA, of which two are older than TLS 1.2; no compression.
        out.write(new byte[] {0, 8, (byte) 0xc0, 0x2b, (byte) 0xc0, 0x2c, (byte) 0xc0, 0x09, (byte) 0xc0, 0x0a, 1, 0});
        byte[] extensions = {
            0,
            10,
            0,
            6,
            0,
            4,
            0,
            23,
            0,
            24, // the curves P-256 and P-384
            0,
            11,
            0,
            2,
            1,
            0, // points in full
            0,
            13,
            0,
            8,
            0,
            6,
            4,
            3,
            5,
            3,
            2,
            3 // signed by ECDSA with SHA-256, SHA-384 or SHA-1
        };
        out.writeShort(extensions.length);
        out.write(extensions);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        DataOutputStream framed = new DataOutputStream(record);
        framed.write(new byte[] {22, 3, (byte) Math.min(minor, 1)});
        framed.writeShort(body.size() + 4);
        framed.writeInt(1 << 24 | body.size());
        body.writeTo(framed);
        return record.toByteArray();
    }

    @Test
    void usesTheCiphersThatEtcdUses() throws Exception {
        Asking ciphers = authority -> {
            Map<String, String> answers = new TreeMap<>();
            for (String cipher : CIPHERS) {
                answers.put(cipher, page(authority, "/health", client(NOBODY), "TLSv1.2", cipher));
            }
            answers.put("1.3", page(authority, "/health", client(NOBODY), "TLSv1.3"));
            return answers;
        };
        assertThat(agreed(ciphers, certified())).asString().doesNotContain("refused");
        String some = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305";
        Object limited = agreed(ciphers, certified("--cipher-suites=" + some));
        assertThat(limited.toString().split("refused", -1)).hasSize(4);
    }

    @Test
    void doesNotStartWithACipherThatNobodyKnows() throws Exception {
        String[] flags = certified("--cipher-suites=TLS_WITH_LOVE");
        assertThatThrownBy(() -> RealEtcd.startOn(directory.resolve("etcd"), flags))
                .hasMessageContaining("unexpected TLS cipher suite");
        List<String> own =
                new ArrayList<>(List.of("--data-dir", directory.resolve("ours").toString()));
        own.addAll(List.of(flags));
        try (StoreProcess store = new StoreProcess(own.toArray(String[]::new))) {
            assertThat(store.rest()).anyMatch(line -> line.contains("unexpected TLS cipher suite"));
            assertThat(store.code()).isNotZero();
        }
    }

    /// The list is read again for each connection, and where there is none any more nobody comes in.
    @Test
    void letsThoseInWhomEtcdLetsIn() throws Exception {
        SelfSigned good = SelfSigned.make(directory.resolve("good.p12"), "CN=good");
        SelfSigned bad = SelfSigned.make(directory.resolve("bad.p12"), "CN=bad");
        SelfSigned stranger = SelfSigned.make(directory.resolve("stranger.p12"), "CN=stranger");
        Path trusted = directory.resolve("clients.crt");
        Path list = directory.resolve("revoked.pem");
        Files.writeString(trusted, good.certificatePem() + bad.certificatePem());
        Asking clients = authority -> {
            List<String> answers = new ArrayList<>();
            for (SelfSigned revoked : List.of(bad, good)) {
                Files.writeString(list, RevokedPem.of(revoked.certificate().getSerialNumber()));
                for (String protocol : List.of("TLSv1.2", "TLSv1.3")) {
                    for (SelfSigned client : List.of(good, bad, stranger)) {
                        SSLContext shown = client(client.proof().getKeyManagers());
                        answers.add(page(authority, "/health", shown, protocol));
                    }
                    answers.add(page(authority, "/health", client(NOBODY), protocol));
                }
            }
            Files.delete(list);
            answers.add(page(authority, "/health", client(bad.proof().getKeyManagers()), "TLSv1.3"));
            Files.writeString(list, RevokedPem.of(bad.certificate().getSerialNumber()));
            return answers;
        };
        Files.writeString(list, RevokedPem.of(bad.certificate().getSerialNumber()));
        String[] flags = certified("--client-cert-auth", "--trusted-ca-file=" + trusted, "--client-crl-file=" + list);
        String in = "HTTP/1.1 200 OK over TLSv1.";
        String no = "refused";
        assertThat(agreed(clients, flags))
                .isEqualTo(List.of(in + 2, no, no, no, in + 3, no, no, no, no, in + 2, no, no, no, in + 3, no, no, no));
    }

    @Test
    void pagesOnAnAddressOfTheirOwnHaveTlsAsEtcdsHave() throws Exception {
        SelfSigned client = SelfSigned.make(directory.resolve("client.p12"), "CN=client");
        Path trusted = directory.resolve("clients.crt");
        Files.writeString(trusted, client.certificatePem());
        for (boolean mustProve : List.of(false, true)) {
            int port = freePort();
            String pages = "127.0.0.1:" + port;
            Asking all = _ -> {
                awaitLeader(pages, client(client.proof().getKeyManagers()));
                Map<String, String> answers = new TreeMap<>();
                for (String path : List.of("/metrics", "/health", "/v3/kv/range", "/nothing")) {
                    answers.put(path, page(pages, path, client(NOBODY), "TLSv1.3"));
                    answers.put(
                            path + " by one who is known",
                            page(pages, path, client(client.proof().getKeyManagers()), "TLSv1.2"));
                }
                answers.put("in clear text", isServedInClearText(port) ? "served" : "refused");
                return answers;
            };
            List<String> flags = new ArrayList<>(List.of("--listen-metrics-urls=https://" + pages));
            if (mustProve) flags.addAll(List.of("--client-cert-auth", "--trusted-ca-file=" + trusted));
            Object answers = agreed(all, certified(flags.toArray(String[]::new)));
            assertThat(answers)
                    .asString()
                    .contains("in clear text=refused", "/metrics by one who is known=HTTP/1.1 200 OK over TLSv1.2")
                    .contains("/metrics=" + (mustProve ? "refused" : "HTTP/1.1 200 OK over TLSv1.3"));
        }
    }

    /// Etcd's pages are there before it is.
    private static void awaitLeader(String pages, SSLContext client) throws InterruptedException {
        for (int i = 0; i < 500 && !page(pages, "/health", client, "TLSv1.3").contains(" 200 "); i++) Thread.sleep(20);
    }

    private static boolean isServedInClearText(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            String line = page(socket, "127.0.0.1:" + port, "/metrics");
            return line != null && line.contains(" 200 ");
        } catch (IOException refused) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /// Whoever believes in that file believes in the server, and it says what etcd's says.
    @Test
    void makesACertificateOfItsOwnAsEtcdDoes() throws Exception {
        Answers answers = ask(authority -> authority, "--auto-tls");
        assertThat(answers.real()).isNotEqualTo(answers.ours());
        Path real = directory.resolve("data 0/etcd/fixtures/client");
        Path ours = directory.resolve("data 0/ours/fixtures/client");
        assertThat(names(ours)).isEqualTo(names(real));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ours.resolve("key.pem"))))
                .isEqualTo(PosixFilePermissions.toString(Files.getPosixFilePermissions(real.resolve("key.pem"))));
        X509Certificate theirs = certificate(real.resolve("cert.pem"));
        X509Certificate made = certificate(ours.resolve("cert.pem"));
        assertThat(made.getKeyUsage()).isEqualTo(theirs.getKeyUsage());
        assertThat(made.getExtendedKeyUsage()).containsAll(theirs.getExtendedKeyUsage());
        assertThat(made.getBasicConstraints()).isEqualTo(theirs.getBasicConstraints());
        assertThat(made.getSubjectAlternativeNames().toString()).contains("127.0.0.1");
        assertThat(theirs.getSubjectAlternativeNames().toString()).contains("127.0.0.1");
    }

    @Test
    void servesWithTheCertificateThatItMade() throws Exception {
        Asking trusting = authority -> {
            List<String> answers = new ArrayList<>();
            for (String whose : List.of("etcd", "ours")) {
                Path made = directory.resolve("data 0/" + whose + "/fixtures/client/cert.pem");
                answers.add(Files.exists(made) ? page(authority, "/health", believing(made), "TLSv1.3") : "not there");
            }
            return answers;
        };
        Answers answers = ask(trusting, "--auto-tls");
        assertThat(answers.real()).isEqualTo(List.of("HTTP/1.1 200 OK over TLSv1.3", "not there"));
        assertThat(answers.ours()).isEqualTo(List.of("refused", "HTTP/1.1 200 OK over TLSv1.3"));
    }

    private static SSLContext believing(Path certificate) throws Exception {
        KeyStore only = KeyStore.getInstance("PKCS12");
        only.load(null, null);
        only.setCertificateEntry("server", certificate(certificate));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(only);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    private static List<String> names(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static X509Certificate certificate(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
