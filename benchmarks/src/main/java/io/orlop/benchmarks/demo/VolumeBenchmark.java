package io.orlop.benchmarks.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Volumes over REST: how long from the request until the answer says Online.
final class VolumeBenchmark {
    private final HttpClient http = HttpClient.newHttpClient();
    private final String base = "http://127.0.0.1:" + RunningDemo.REST_PORT + "/v0/volumes/";

    /// Creates thin volumes of 64 MiB with two replicas, and deletes them afterwards.
    Latencies createToOnline(int clients, int volumes) {
        List<Long> nanos = Collections.synchronizedList(new ArrayList<>());
        List<String> made = Collections.synchronizedList(new ArrayList<>());
        var left = new AtomicInteger(volumes);
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < clients; client++) {
                executor.submit(() -> {
                    while (left.getAndDecrement() > 0) {
                        long start = System.nanoTime();
                        String id = create(64L << 20, 2);
                        nanos.add(System.nanoTime() - start);
                        made.add(id);
                    }
                    return null;
                });
            }
        }
        made.forEach(this::delete);
        return new Latencies(nanos);
    }

    String create(long bytes, int replicas) {
        String id = UUID.randomUUID().toString();
        JsonNode volume = call(
                "PUT",
                id,
                """
                {"size": %d, "replicas": %d, "thin": true, "policy": {"self_heal": true}}"""
                        .formatted(bytes, replicas));
        while (!volume.at("/state/status").asString().equals("Online")) volume = call("GET", id, "");
        return id;
    }

    /// @return the device's URI
    String publish(String id) {
        return call("PUT", id + "/target", "{\"publish_context\": {}, \"protocol\": \"nvmf\"}")
                .at("/state/target/deviceUri")
                .asString();
    }

    void unpublish(String id) {
        call("DELETE", id + "/target", "");
    }

    void delete(String id) {
        call("DELETE", id, "");
    }

    private JsonNode call(String method, String path, String body) {
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            // The demo creates ten volumes at a time and asks others to come back.
            if (answer.statusCode() == 503) return call(method, path, body);
            if (answer.statusCode() >= 300) {
                throw new IllegalStateException(method + " " + path + ": " + answer.body());
            }
            return JsonMapper.shared().readTree(answer.body().isBlank() ? "{}" : answer.body());
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(method + " " + path, broken);
        }
    }
}
