package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.orlop.store.api.Octets;
import io.orlop.store.api.Operation;
import io.orlop.store.door.Door;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the port says to those who do not speak gRPC.
class PagesTest {
    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private HttpClient http;

    @BeforeEach
    void start() throws IOException {
        store = MvccStore.open(directory, StoreOptions.defaults());
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    @AfterEach
    void stop() throws IOException {
        http.shutdownNow();
        server.close();
        store.close();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return http.send(request(path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        HttpRequest request =
                request(path).POST(HttpRequest.BodyPublishers.ofString(json)).build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(Octets.of(text).array());
    }

    /// As etcd's flag says: it removes HTTP from where clients speak gRPC.
    @Test
    void servesHttpOnlyWhereItHasAPlaceOfItsOwn() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        EtcdOptions options = EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                .listenForHttp(List.of(new Door.Listen(new InetSocketAddress("127.0.0.1", free), false)));
        try (EtcdServer apart = EtcdServer.start(store, options)) {
            for (String path : List.of("/health", "/metrics", "/version", "/v3/kv/range")) {
                assertThat(status(apart.port(), path)).as(path).isEqualTo(404);
            }
            assertThat(status(free, "/health")).isEqualTo(200);
        }
    }

    private int status(int port, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Test
    void isHealthyInEtcdsWords() throws Exception {
        assertThat(get("/health").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(get("/livez").body()).isEqualTo("ok\n");
        assertThat(get("/readyz?verbose").body())
                .contains("[+]data_corruption ok\n")
                .endsWith("readyz check passed\n");
        assertThat(get("/readyz/linearizable_read").body()).isEqualTo("ok\n");
        assertThat(get("/version").body()).isEqualTo("{\"etcdserver\":\"3.6.5\",\"etcdcluster\":\"3.6.0\"}");
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
        assertThat(post("/health", "").statusCode()).isEqualTo(405);
    }

    @Test
    void saysWhichAlarmIsOn() throws Exception {
        post("/v3/maintenance/alarm", "{\"action\":\"ACTIVATE\",\"alarm\":\"NOSPACE\"}");
        assertThat(get("/health").statusCode()).isEqualTo(503);
        assertThat(get("/health").body()).isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM NOSPACE\"}");
        assertThat(get("/health?exclude=NOSPACE").body()).isEqualTo("{\"health\":\"true\",\"reason\":\"\"}");
        assertThat(get("/readyz").body()).isEqualTo("ok\n");
        post("/v3/maintenance/alarm", "{\"action\":\"ACTIVATE\",\"alarm\":\"CORRUPT\"}");
        assertThat(get("/health?exclude=NOSPACE").body())
                .isEqualTo("{\"health\":\"false\",\"reason\":\"ALARM CORRUPT\"}");
        assertThat(get("/readyz").body())
                .contains("[-]data_corruption failed: alarm activated: CORRUPT\n")
                .endsWith("readyz check failed\n");
        assertThat(get("/metrics").body())
                .contains("\norlop_store_alarm{alarm=\"no_space\"} 1\n")
                .contains("\norlop_store_alarm{alarm=\"corrupt\"} 1\n")
                .contains("\netcd_server_quota_backend_bytes 2147483648\n")
                .contains("\netcd_mvcc_db_total_size_in_use_in_bytes ");
    }

    @Test
    void streamsARangeInPieces() throws Exception {
        for (int i = 0; i < 25; i++) store.put(Operation.Put.of(Octets.of("k" + i), Octets.of("1")));
        HttpResponse<String> got =
                post("/v3/kv/range/stream", "{\"key\":\"%s\",\"range_end\":\"AA==\"}".formatted(base64("k")));
        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.body().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("{\"result\":{\"range_response\":{"));
        assertThat(got.body()).contains("\"count\":\"25\"");
    }

    @Test
    void countsCallsUnderEtcdsNames() throws Exception {
        post("/v3/kv/put", "{\"key\":\"%s\"}".formatted(base64("a")));
        post("/v3/kv/put", "{}");
        assertThat(get("/metrics").body())
                .contains("\netcd_server_has_leader 1\n")
                .contains("\netcd_mvcc_put_total 1\n")
                .contains("\netcd_debugging_mvcc_current_revision 2\n")
                .contains("grpc_server_handled_total{grpc_code=\"InvalidArgument\",grpc_method=\"Put\","
                        + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n")
                .contains("grpc_server_msg_received_total{grpc_method=\"Put\","
                        + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 2\n")
                .contains("grpc_server_msg_sent_total{grpc_method=\"Put\","
                        + "grpc_service=\"etcdserverpb.KV\",grpc_type=\"unary\"} 1\n")
                .contains("etcd_disk_wal_fsync_duration_seconds_bucket{le=\"0.002\"}")
                .contains("\nprocess_resident_memory_bytes ");
    }

    @Test
    void speaksTheApiAsJson() throws Exception {
        JsonObject put = JsonParser.parseString(
                        post("/v3/kv/put", "{\"key\":\"%s\",\"value\":\"%s\"}".formatted(base64("a"), base64("1")))
                                .body())
                .getAsJsonObject();
        assertThat(put.getAsJsonObject("header").get("revision").getAsString()).isEqualTo("2");
        HttpResponse<String> got = post("/v3/kv/range", "{\"key\":\"%s\"}".formatted(base64("a")));
        assertThat(got.headers().firstValue("content-type")).contains("application/json");
        JsonObject range = JsonParser.parseString(got.body()).getAsJsonObject();
        assertThat(range.get("count").getAsString()).isEqualTo("1");
        JsonObject kv = range.getAsJsonArray("kvs").get(0).getAsJsonObject();
        assertThat(kv.get("value").getAsString()).isEqualTo(base64("1"));
        assertThat(kv.get("mod_revision").getAsString()).isEqualTo("2");
    }

    @Test
    void refusesAsJson() throws Exception {
        HttpResponse<String> empty = post("/v3/kv/put", "{}");
        assertThat(empty.statusCode()).isEqualTo(400);
        JsonObject error = JsonParser.parseString(empty.body()).getAsJsonObject();
        assertThat(error.get("code").getAsInt()).isEqualTo(3);
        assertThat(error.get("message").getAsString()).isEqualTo("etcdserver: key is not provided");
        assertThat(post("/v3/nothing", "{}").statusCode()).isEqualTo(404);
        assertThat(get("/v3/kv/put").statusCode())
                .as("since 3.6; a 3.4 says 405")
                .isEqualTo(501);
        assertThat(post("/v3/kv/put", "{\"key\":").statusCode()).isEqualTo(400);
        assertThat(post("/v3/lease/revoke", "{\"ID\":\"7\"}").statusCode()).isEqualTo(404);
        String lease = "{\"ID\":\"7\",\"TTL\":\"100\"}";
        assertThat(post("/v3/lease/grant", lease).statusCode()).isEqualTo(200);
        HttpResponse<String> taken = post("/v3/lease/grant", lease);
        assertThat(taken.body()).contains("\"code\":9", "lease already exists");
        assertThat(taken.statusCode()).as("since 3.5; a 3.4 says 412").isEqualTo(400);
    }

    /// What a 3.4 says of the same.
    @Test
    void saysWhatIsWrongWithATextThatIsNoJson() throws Exception {
        Map<String, String> texts = Map.ofEntries(
                Map.entry("{\"bad\"", "unexpected EOF"),
                Map.entry("{\"key\":\"a\\", "unexpected EOF"),
                Map.entry("tru", "unexpected EOF"),
                Map.entry("[", "unexpected EOF"),
                Map.entry("{bad", "invalid character 'b' looking for beginning of object key string"),
                Map.entry("x", "invalid character 'x' looking for beginning of value"),
                Map.entry("{\"key\":\"YQ==\",}", "invalid character '}' looking for beginning of object key string"),
                Map.entry("{'key':'YQ=='}", "invalid character '\\'' looking for beginning of object key string"),
                Map.entry(
                        "{\"key\":\"YQ==\" \"value\":\"YQ==\"}", "invalid character '\"' after object key:value pair"),
                Map.entry("{\"key\" \"YQ==\"}", "invalid character '\"' after object key"),
                Map.entry("{\"key\":nul}", "invalid character '}' in literal null (expecting 'l')"),
                Map.entry("{\"key\":01}", "invalid character '1' after object key:value pair"),
                Map.entry("{\"lease\":-}", "invalid character '}' in numeric literal"),
                Map.entry("{\"key\":\"\t\"}", "invalid character '\\t' in string literal"),
                Map.entry("{\"key\":\"\\x\"}", "invalid character 'x' in string escape code"),
                Map.entry("{\"bad\": [1, 2}", "invalid character '}' after array element"),
                Map.entry("{\"key\":NaN}", "invalid character 'N' looking for beginning of value"),
                Map.entry("null", "etcdserver: key is not provided"));
        for (Map.Entry<String, String> text : texts.entrySet()) {
            HttpResponse<String> refused = post("/v3/kv/put", text.getKey());
            assertThat(refused.statusCode()).as(text.getKey()).isEqualTo(400);
            assertThat(JsonParser.parseString(refused.body())
                            .getAsJsonObject()
                            .get("message")
                            .getAsString())
                    .as(text.getKey())
                    .isEqualTo(text.getValue());
        }
        assertThat(post("/v3/kv/put", "{\"key\":\"YQ==\"} {").statusCode())
                .as("nobody reads what comes after the only message")
                .isEqualTo(200);
    }

    @Test
    void refusesWhatIsJsonAndNoRequestWithoutAWordOfJava() throws Exception {
        for (String text : List.of(
                "[]",
                "1",
                "\"a\"",
                "true",
                "{\"key\":\"Y\"}",
                "{\"key\":{}}",
                "{\"lease\":\"x\"}",
                "{\"lease\":1.5}",
                "{\"lease\":{}}",
                "{\"prev_kv\":\"yes\"}",
                "{\"bad\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}")) {
            HttpResponse<String> refused = post("/v3/kv/put", text);
            assertThat(refused.statusCode()).as(text).isEqualTo(400);
            assertThat(refused.body()).as(text).doesNotContain("Exception", "java.", "com.google", "byte[]");
        }
        assertThat(post("/v3/kv/put", "{\"key\":\"Y\"}").body()).contains("\"illegal base64 data\"");
    }

    @Test
    void streamsAWatchALineAtATime() throws Exception {
        HttpRequest watch = request("/v3/watch")
                .POST(HttpRequest.BodyPublishers.ofString(
                        "{\"create_request\":{\"key\":\"%s\"}}".formatted(base64("a"))))
                .build();
        var lines = http.send(watch, HttpResponse.BodyHandlers.ofLines());
        Iterator<String> line = lines.body().iterator();
        assertThat(line.next()).startsWith("{\"result\":{").contains("\"created\":true");
        store.put(Operation.Put.of(Octets.of("a"), Octets.of("1")));
        assertThat(line.next()).contains("\"events\":[{\"kv\":{\"key\":\"" + base64("a") + "\"");
        lines.body().close();
    }

    @Test
    void keepsALeaseAliveOnce() throws Exception {
        post("/v3/lease/grant", "{\"ID\":\"7\",\"TTL\":\"30\"}");
        HttpResponse<String> alive = post("/v3/lease/keepalive", "{\"ID\":\"7\"}");
        assertThat(alive.body())
                .startsWith("{\"result\":{")
                .contains("\"TTL\":\"30\"")
                .endsWith("}\n");
    }
}
