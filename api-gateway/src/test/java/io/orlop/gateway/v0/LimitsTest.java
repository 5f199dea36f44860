package io.orlop.gateway.v0;

import static io.orlop.gateway.v0.ServicesOfEveryKind.uuid;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.tomcat.TomcatWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/// A request can be only so large, whatever it announces.
class LimitsTest extends Dialogue {
    private static final String VOLUME = "/v0/volumes/" + uuid(4, 0);
    private static final String BODY =
            "{\"policy\": {\"self_heal\": true}, \"replicas\": 2, \"size\": 67108864, \"thin\": false}";

    @Autowired
    ServletWebServerApplicationContext context;

    @Test
    void aBodyOfOneMebibyteIsRead() {
        assertThat(send("PUT", VOLUME, padded(BodyLimit.BYTES_MOST)).status()).isEqualTo(200);
        assertThat(chunked(padded(BodyLimit.BYTES_MOST)).status()).isEqualTo(200);
    }

    @Test
    void aLargerOneIsRefusedWithOrWithoutItsLength() {
        refused(send("PUT", VOLUME, padded(BodyLimit.BYTES_MOST + 1)), 413, "InvalidArgument", "1048576 bytes");
        refused(chunked(padded(BodyLimit.BYTES_MOST + 1)), 413, "InvalidArgument", "1048576 bytes");
        String labels = IntStream.range(0, 2_000)
                .mapToObj(i -> "\"k%d\": \"%s\"".formatted(i, "x".repeat(1_000)))
                .collect(Collectors.joining(", ", "{", "}"));
        String flood = BODY.replace("}, ", "}, \"labels\": " + labels + ", ");
        refused(send("PUT", VOLUME, flood), 413, "InvalidArgument", "1048576 bytes");
        refused(chunked(flood), 413, "InvalidArgument", "1048576 bytes");
    }

    @Test
    void aLengthThatIsTooLargeIsRefusedBeforeTheBodyCame() throws Exception {
        String answer = raw("PUT " + VOLUME + " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n"
                + "Content-Length: 100000000\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413").contains("\"kind\":\"InvalidArgument\"");
    }

    @Test
    void aBodyThatIsDeepOrLongInOnePartIsRefused() {
        String deep = "{\"labels\": " + "[".repeat(100) + "]".repeat(100) + "}";
        refused(send("PUT", VOLUME, "{\"other\": " + deep + "}"), 400, "Deserialize", "nested more deeply");
        refused(
                send("PUT", VOLUME, BODY.replace("}, ", "}, \"labels\": {\"k\": \"" + "x".repeat(70_000) + "\"}, ")),
                400,
                "Deserialize",
                "longer");
        refused(send("PUT", VOLUME, BODY.replace("67108864", "1".repeat(1_000))), 400, "Deserialize", "longer");
    }

    @Test
    void aHeaderOrAQueryThatIsTooLongIsRefused() throws Exception {
        assertThat(raw("GET /v0/volumes?volume_id=" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 4")
                .contains("too long")
                .doesNotContain("null");
        assertThat(raw("GET /v0/volumes HTTP/1.1\r\nHost: h\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 4");
    }

    @Test
    void onlyThisMachineIsListenedToThoughServicesLetOthersIn() {
        assertThat(context.getEnvironment().getProperty("orlop.listen")).isEqualTo("0.0.0.0");
        var server = (TomcatWebServer) Objects.requireNonNull(context.getWebServer());
        assertThat(server.getTomcat().getConnector().getProperty("address"))
                .isInstanceOfSatisfying(InetAddress.class, address -> assertThat(address.isLoopbackAddress())
                        .isTrue());
    }

    private static void refused(Answer answer, int status, String kind, String words) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.json().get("kind").asString()).isEqualTo(kind);
        assertThat(answer.json().get("details").asString()).contains(words);
    }

    private static String padded(int length) {
        return BODY + " ".repeat(length - BODY.length());
    }

    private Answer chunked(String body) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + VOLUME))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofInputStream(
                        () -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8))))
                .build();
        try (var client = HttpClient.newHttpClient()) {
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (Exception e) {
            throw new AssertionError(request + " is not answered", e);
        }
    }

    /// The beginning of the answer to what is sent.
    private String raw(String sent) throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            var answer = new StringBuilder();
            var some = new byte[4096];
            while (!answer.toString().contains("}")) {
                int read = in.read(some);
                if (read < 0) break;
                answer.append(new String(some, 0, read, StandardCharsets.UTF_8));
            }
            return answer.toString();
        }
    }
}
