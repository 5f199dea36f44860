package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A user with curl.
final class Rest implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final String base;

    Rest(int port) {
        this.base = "http://127.0.0.1:" + port;
    }

    record Answer(int status, JsonNode body) {}

    JsonNode get(String path) {
        return expect(200, call("GET", path, ""));
    }

    JsonNode put(String path, String body) {
        return expect(200, call("PUT", path, body));
    }

    JsonNode post(String path) {
        return expect(200, call("POST", path, ""));
    }

    Answer call(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            var response = client.send(request, HttpResponse.BodyHandlers.ofString());
            String text = response.body().isBlank() ? "null" : response.body();
            return new Answer(response.statusCode(), JsonMapper.shared().readTree(text));
        } catch (IOException | InterruptedException broken) {
            throw new AssertionError(method + " " + path, broken);
        }
    }

    private static JsonNode expect(int status, Answer answer) {
        assertThat(answer.status()).as(String.valueOf(answer.body())).isEqualTo(status);
        return answer.body();
    }

    @Override
    public void close() {
        client.close();
    }
}
