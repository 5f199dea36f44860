package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.door.TlsLimits;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.pem.RevokedPem;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Certificates of our own making, by the JDK's tool.
class TlsTest {
    @TempDir
    Path directory;

    private static HttpClient client(SelfSigned trusted, KeyManager[] own) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trusted.trust().getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).build();
    }

    private static HttpResponse<String> health(HttpClient client, EtcdServer server)
            throws IOException, InterruptedException {
        URI uri = URI.create("https://127.0.0.1:" + server.port() + "/health");
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    private EtcdServer start(MvccStore store, Tls tls) throws IOException {
        var listen = new Door.Listen(new InetSocketAddress("127.0.0.1", 0), true);
        return EtcdServer.start(
                store,
                EtcdOptions.listening(List.of(listen))
                        .door(DoorOptions.defaults().tls(tls)));
    }

    @Test
    void servesOnlyClientsThatProveWhoTheyAre() throws Exception {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        Path trusted = directory.resolve("client.crt");
        SelfSigned ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        SelfSigned theirs = SelfSigned.make(directory.resolve("client.p12"), "CN=client");
        ours.writeTo(certificate, key);
        theirs.writeTo(trusted, directory.resolve("client.key"));
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = start(store, new Tls(certificate, key, trusted, true));
                HttpClient known = client(ours, theirs.proof().getKeyManagers());
                HttpClient stranger = client(ours, new KeyManager[0])) {
            HttpResponse<String> answer = health(known, server);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThatThrownBy(() -> health(stranger, server)).isInstanceOf(IOException.class);
        }
    }

    private static String cipher(EtcdServer server, SelfSigned trusted, String protocol) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trusted.trust().getTrustManagers(), null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", server.port())) {
            socket.setEnabledProtocols(new String[] {protocol});
            socket.startHandshake();
            return socket.getSession().getCipherSuite();
        }
    }

    private Tls limited(SelfSigned ours, TlsLimits limits) throws Exception {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        ours.writeTo(certificate, key);
        return new Tls(certificate, key, null, false, limits);
    }

    @Test
    void speaksNoOlderTlsThanAllowedAndNoNewer() throws Exception {
        SelfSigned ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        for (String allowed : List.of("TLSv1.2", "TLSv1.3")) {
            String other = allowed.equals("TLSv1.2") ? "TLSv1.3" : "TLSv1.2";
            Tls tls = limited(ours, new TlsLimits(List.of(allowed), List.of(), null));
            try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                    EtcdServer server = start(store, tls)) {
                assertThat(cipher(server, ours, allowed)).startsWith("TLS_");
                assertThatThrownBy(() -> cipher(server, ours, other)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void usesNoOtherCiphersThanAllowed() throws Exception {
        SelfSigned ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        String only = "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
        Tls tls = limited(ours, new TlsLimits(List.of("TLSv1.2"), List.of(only), null));
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = start(store, tls)) {
            assertThat(cipher(server, ours, "TLSv1.2")).isEqualTo(only);
        }
    }

    @Test
    void letsNobodyInWhoseCertificateIsRevoked() throws Exception {
        Path trusted = directory.resolve("clients.crt");
        Path list = directory.resolve("revoked.pem");
        SelfSigned ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        SelfSigned good = SelfSigned.make(directory.resolve("good.p12"), "CN=good");
        SelfSigned bad = SelfSigned.make(directory.resolve("bad.p12"), "CN=bad");
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        ours.writeTo(certificate, key);
        Files.writeString(trusted, good.certificatePem() + bad.certificatePem());
        Files.writeString(list, RevokedPem.of(bad.certificate().getSerialNumber()));
        TlsLimits limits = new TlsLimits(TlsLimits.none().protocols(), List.of(), list);
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = start(store, new Tls(certificate, key, trusted, true, limits))) {
            try (HttpClient known = client(ours, good.proof().getKeyManagers());
                    HttpClient revoked = client(ours, bad.proof().getKeyManagers())) {
                assertThat(health(known, server).statusCode()).isEqualTo(200);
                assertThatThrownBy(() -> health(revoked, server)).isInstanceOf(IOException.class);
            }
            Files.writeString(list, RevokedPem.of(good.certificate().getSerialNumber()));
            try (HttpClient known = client(ours, good.proof().getKeyManagers());
                    HttpClient again = client(ours, bad.proof().getKeyManagers())) {
                assertThatThrownBy(() -> health(known, server)).isInstanceOf(IOException.class);
                assertThat(health(again, server).statusCode()).isEqualTo(200);
            }
            Files.delete(list);
            try (HttpClient again = client(ours, bad.proof().getKeyManagers())) {
                assertThatThrownBy(() -> health(again, server)).isInstanceOf(IOException.class);
            }
        }
    }

    @Test
    void callsOfTheGatewayWaitForTheirTurn() throws Exception {
        SelfSigned ours = SelfSigned.make(directory.resolve("server.p12"), "CN=server");
        Tls tls = limited(ours, TlsLimits.none());
        DoorOptions two =
                DoorOptions.defaults().streamsMax(2).memoryBytes(8 << 20).tls(tls);
        var listen = new Door.Listen(new InetSocketAddress("127.0.0.1", 0), true);
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = EtcdServer.start(
                        store, EtcdOptions.listening(List.of(listen)).door(two));
                HttpClient client = client(ours, new KeyManager[0])) {
            String watch = "{\"create_request\":{\"key\":\"YQ==\"}}";
            List<HttpResponse<Stream<String>>> watches = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                // One connection each: it is not a connection's limit that is looked at.
                HttpRequest request = request(server, "/v3/watch", watch)
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                watches.add(client.send(request, HttpResponse.BodyHandlers.ofLines()));
            }
            var put = client.sendAsync(
                    request(server, "/v3beta/kv/put", "{\"key\":\"YQ==\"}").build(),
                    HttpResponse.BodyHandlers.ofString());
            // Its stream is read after the put's, on the same connection.
            assertThat(health(client, server).statusCode()).isEqualTo(200);
            assertThat(store.revision()).as("the put waits").isEqualTo(1);
            watches.getFirst().body().close();
            assertThat(put.join().statusCode()).isEqualTo(200);
            watches.getLast().body().close();
        }
    }

    private static HttpRequest.Builder request(EtcdServer server, String path, String json) {
        return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + path))
                .POST(HttpRequest.BodyPublishers.ofString(json));
    }

    @Test
    void aCertificateThatIsReplacedCountsFromTheNextConnectionOn() throws Exception {
        Path certificate = directory.resolve("server.crt");
        Path key = directory.resolve("server.key");
        SelfSigned first = SelfSigned.make(directory.resolve("first.p12"), "CN=first");
        SelfSigned second = SelfSigned.make(directory.resolve("second.p12"), "CN=second");
        first.writeTo(certificate, key);
        try (MvccStore store = MvccStore.open(directory.resolve("data"), StoreOptions.defaults());
                EtcdServer server = start(store, new Tls(certificate, key, null, false));
                HttpClient trustsFirst = client(first, new KeyManager[0]);
                HttpClient trustsSecond = client(second, new KeyManager[0])) {
            assertThat(health(trustsFirst, server).statusCode()).isEqualTo(200);
            second.writeTo(certificate, key);
            Files.setLastModifiedTime(certificate, FileTime.fromMillis(1_000));
            assertThat(health(trustsSecond, server).statusCode()).isEqualTo(200);
            // Who is connected stays.
            assertThat(health(trustsFirst, server).statusCode()).isEqualTo(200);
        }
    }
}
