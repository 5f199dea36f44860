package io.orlop.benchmarks.control;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.LongAdder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The REST API v0, as a client sees it.
final class Rest {
    private static final String SHAPE =
            """
            {"size": %d, "replicas": 2, "thin": true, "policy": {"self_heal": true}}"""
                    .formatted(Population.SIZE.count());

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final LongAdder turnedAway = new LongAdder();

    Rest(int port) {
        this.base = "http://127.0.0.1:" + port + "/v0/";
    }

    /// A whole answer.
    record Answer(int status, String body) {
        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }
    }

    /// Creates a volume of two replicas, and asks again for as long as it is told to come back.
    ///
    /// @return whether it is online by then
    boolean create(String id) throws IOException, InterruptedException {
        Answer answer = call("PUT", "volumes/" + id, SHAPE);
        boolean again = false;
        while (answer.status() == 503) {
            turnedAway.increment();
            again = true;
            answer = call("PUT", "volumes/" + id, SHAPE);
        }
        // What was not answered in time may have been done.
        if (again && answer.status() == 422) answer = call("GET", "volumes/" + id, "");
        return expect(answer, id).json().at("/state/status").asString().equals("Online");
    }

    /// How often a create was told to come back.
    long turnedAway() {
        return turnedAway.sum();
    }

    void delete(String id) throws IOException, InterruptedException {
        Answer answer = call("DELETE", "volumes/" + id, "");
        while (answer.status() == 503) answer = call("DELETE", "volumes/" + id, "");
        if (answer.status() != 404) expect(answer, id);
    }

    void publish(String id, String node) throws IOException, InterruptedException {
        String body = """
                {"publish_context": {}, "protocol": "nvmf", "node": "%s"}""".formatted(node);
        Answer answer = call("PUT", "volumes/" + id + "/target", body);
        while (answer.status() == 503) answer = call("PUT", "volumes/" + id + "/target", body);
        expect(answer, id);
    }

    /// `Online`, `Degraded` and so on; empty while there is no answer.
    String status(String id) throws IOException, InterruptedException {
        Answer answer = call("GET", "volumes/" + id, "");
        return answer.status() == 200 ? answer.json().at("/state/status").asString() : "";
    }

    Answer get(String path) throws IOException, InterruptedException {
        return call("GET", path, "");
    }

    private static Answer expect(Answer answer, String what) throws IOException {
        if (answer.status() >= 300) throw new IOException(what + ": " + answer);
        return answer;
    }

    Answer call(String method, String path, String body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(answer.statusCode(), answer.body());
    }
}
