package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.orlop.store.door.Door;
import io.orlop.store.door.DoorOptions;
import io.orlop.store.door.Tls;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
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
