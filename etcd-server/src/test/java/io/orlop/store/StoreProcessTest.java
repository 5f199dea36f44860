package io.orlop.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How `./orlop store` ends, as whoever started it sees it.
class StoreProcessTest {
    @TempDir
    Path directory;

    @Test
    void endsWith0ByASignal() throws Exception {
        for (String signal : List.of("TERM", "INT")) {
            try (var store =
                    new StoreProcess("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
                store.awaitReady();
                store.signal(signal);
                assertThat(store.rest()).isEmpty();
                assertThat(store.code()).as(signal).isZero();
            }
        }
    }

    /// It once waited for ever, for itself.
    @Test
    void saysWhyItsStopFailedAndEndsWith1() throws Exception {
        try (var store =
                new StoreProcess("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
            store.awaitReady();
            delete(data());
            store.signal("TERM");
            assertThat(store.rest())
                    .singleElement()
                    .asString()
                    .startsWith("store: the stop failed: ")
                    .doesNotContain("Exception");
            assertThat(store.code()).isEqualTo(1);
        }
    }

    @Test
    void endsWith1WhereItCannotStart() throws Exception {
        Path file = Files.createFile(directory.resolve("file"));
        try (var store =
                new StoreProcess("--data-dir", file.toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
            assertThat(store.rest())
                    .containsExactly("store: --data-dir " + file + ": " + file
                            + " is no directory; give one, or a place where one can be made");
            assertThat(store.code()).isEqualTo(1);
        }
    }

    /// It once began, and died of the first class or part of the log that it could not open.
    @Test
    void doesNotStartWhereItMayOpenTooFewFiles() throws Exception {
        try (var store = new StoreProcess(
                List.of("prlimit", "--nofile=64"),
                "--data-dir",
                data().toString(),
                "--listen-client-urls",
                "http://127.0.0.1:0")) {
            assertThat(store.rest())
                    .singleElement()
                    .asString()
                    .startsWith("store: this process may open 64 files, and a store wants ");
            assertThat(store.code()).isEqualTo(1);
        }
        assertThat(data()).doesNotExist();
    }

    @Test
    void saysForHowManyClientsItsFilesAreEnough() throws Exception {
        try (var store = new StoreProcess(
                List.of("prlimit", "--nofile=1000"),
                "--data-dir",
                data().toString(),
                "--listen-client-urls",
                "http://127.0.0.1:0")) {
            store.awaitReady();
            assertThat(store.saidBefore()).first().asString().contains("may open 1000 files: that is room for some ");
        }
    }

    @Test
    void joinsNoClusterButGoesOnWithItsData() throws Exception {
        String[] flags = {
            "--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0", "--initial-cluster-state"
        };
        try (var store = new StoreProcess(with(flags, "existing"))) {
            assertThat(store.rest()).singleElement().asString().contains("and a store is alone");
            assertThat(store.code()).isEqualTo(1);
        }
        for (String state : List.of("new", "existing")) {
            try (var store = new StoreProcess(with(flags, state))) {
                store.awaitReady();
                store.signal("TERM");
                assertThat(store.code()).isZero();
            }
        }
    }

    private static String[] with(String[] flags, String last) {
        return Stream.concat(Stream.of(flags), Stream.of(last)).toArray(String[]::new);
    }

    /// Whoever trusts that certificate trusts the store, and after a restart, too.
    @Test
    void makesACertificateOnce() throws Exception {
        Path certificate = data().resolve("fixtures/client/cert.pem");
        String made = "";
        for (int life = 0; life < 2; life++) {
            try (var store = new StoreProcess(
                    "--data-dir", data().toString(), "--auto-tls", "--listen-client-urls", "https://127.0.0.1:0")) {
                int port = store.awaitReady();
                if (life == 0) made = Files.readString(certificate);
                assertThat(Files.readString(certificate)).isEqualTo(made);
                try (HttpClient client = trusting(certificate)) {
                    var health = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/health"))
                            .build();
                    assertThat(client.send(health, HttpResponse.BodyHandlers.ofString())
                                    .statusCode())
                            .isEqualTo(200);
                }
                store.signal("TERM");
                assertThat(store.code()).isZero();
            }
        }
        assertThat(Files.getPosixFilePermissions(certificate.resolveSibling("key.pem")))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    }

    private static HttpClient trusting(Path certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "store", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    @Test
    void keepsWhereItsMemberIsSaidToBe() throws Exception {
        String moved = "http://10.1.2.3:2380";
        for (int life = 0; life < 2; life++) {
            try (var store =
                    new StoreProcess("--data-dir", data().toString(), "--listen-client-urls", "http://127.0.0.1:0")) {
                String members = "http://127.0.0.1:" + store.awaitReady() + "/v3/cluster/member/";
                try (HttpClient client = HttpClient.newHttpClient()) {
                    Matcher id = Pattern.compile("\"ID\":\"(\\d+)\"").matcher(post(client, members + "list", "{}"));
                    assertThat(id.find()).isTrue();
                    if (life == 0) {
                        String update = "{\"ID\":\"%s\",\"peerURLs\":[\"%s\"]}".formatted(id.group(1), moved);
                        assertThat(post(client, members + "update", update)).contains(moved);
                    }
                    assertThat(post(client, members + "list", "{}"))
                            .contains(moved)
                            .contains(id.group());
                }
                store.signal("TERM");
                assertThat(store.code()).isZero();
            }
        }
    }

    private static String post(HttpClient client, String url, String json) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private Path data() {
        return directory.resolve("data");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }
}
