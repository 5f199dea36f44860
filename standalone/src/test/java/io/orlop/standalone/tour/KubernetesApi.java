package io.orlop.standalone.tour;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import tools.jackson.databind.json.JsonMapper;

/// The little of a Kubernetes API server that Spring Cloud Kubernetes reads: the ConfigMaps, Secrets, Services and
/// Endpoints of one namespace.
final class KubernetesApi implements AutoCloseable {
    static final String NAMESPACE = "orlop";

    private final JsonMapper json = new JsonMapper();
    private final HttpServer server;
    private final Map<String, List<Map<String, Object>>> objects = new TreeMap<>();

    KubernetesApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/api/v1/namespaces/" + NAMESPACE + "/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    void configMap(String name, Map<String, String> data) {
        put("configmaps", "ConfigMap", name, Map.of("data", data));
    }

    /// A Service with one copy on this machine.
    void service(String name, int port) {
        var ports = List.of(Map.of("name", "grpc", "port", port, "protocol", "TCP"));
        put("services", "Service", name, Map.of("spec", Map.of("ports", ports)));
        var copy = Map.of("ip", "127.0.0.1", "targetRef", Map.of("kind", "Pod", "name", name, "uid", name));
        put(
                "endpoints",
                "Endpoints",
                name,
                Map.of("subsets", List.of(Map.of("addresses", List.of(copy), "ports", ports))));
    }

    private void put(String plural, String kind, String name, Map<String, Object> content) {
        var object = new TreeMap<String, Object>(content);
        object.put("kind", kind);
        object.put("apiVersion", "v1");
        object.put("metadata", Map.of("name", name, "namespace", NAMESPACE, "uid", name, "resourceVersion", "1"));
        objects.computeIfAbsent(plural, _ -> new ArrayList<>()).add(object);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String[] path = exchange.getRequestURI().getPath().split("/");
            String plural = path[5];
            List<Map<String, Object>> found = objects.getOrDefault(plural, List.of()).stream()
                    .filter(object -> path.length < 7 || path[6].equals(name(object)))
                    .filter(object -> selected(exchange, object))
                    .toList();
            if (path.length < 7) {
                send(exchange, 200, Map.of("kind", "List", "apiVersion", "v1", "metadata", Map.of(), "items", found));
            } else if (found.isEmpty()) {
                send(exchange, 404, Map.of("kind", "Status", "apiVersion", "v1", "status", "Failure", "code", 404));
            } else {
                send(exchange, 200, found.getFirst());
            }
        }
    }

    private static boolean selected(HttpExchange exchange, Map<String, Object> object) {
        String query = exchange.getRequestURI().getQuery();
        return query == null || !query.contains("metadata.name=") || query.contains("metadata.name=" + name(object));
    }

    private static Object name(Map<String, Object> object) {
        return ((Map<?, ?>) object.getOrDefault("metadata", Map.of())).get("name");
    }

    private void send(HttpExchange exchange, int status, Map<String, Object> answer) throws IOException {
        byte[] body = json.writeValueAsString(answer).getBytes(UTF_8);
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
