package io.orlop.store.web;

import com.google.gson.JsonObject;
import io.grpc.Attributes;
import io.orlop.store.door.Exchange;
import io.orlop.store.door.Methods;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The pages of the port, under etcd's paths and in etcd's words.
///
/// | path | says |
/// |---|---|
/// | `/health` | `{"health":"true","reason":""}`, or 503 and why not |
/// | `/livez`, `/readyz` | `ok`, or 503 and which check failed; `?verbose` and `?exclude=`, and each check by its path
/// |
/// | `/version` | the etcd that the store behaves like |
/// | `/metrics` | figures for Prometheus |
/// | `/v3/…`, `/v3beta/…` | the API as JSON |
public final class Pages implements Consumer<Exchange> {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final @Nullable JsonGateway gateway;
    private final Supplier<String> metrics;
    private final String version;
    private final Checks checks;

    /// What the store knows of its own health; each says why not, or nothing.
    ///
    /// @param alarms of the space or of damage
    /// @param writable whether changes are taken
    /// @param asked is told each answer that `/health` gave
    public record Checks(Supplier<List<String>> alarms, Supplier<List<String>> writable, Consumer<Boolean> asked) {}

    /// @param shut for whom there is no gateway, by his connection
    /// @param callsMax calls through the gateway at a time; more of them wait
    public Pages(
            Methods methods,
            Predicate<Attributes> shut,
            long callsMax,
            Supplier<String> metrics,
            String version,
            Checks checks) {
        this(new JsonGateway(methods, shut, new Turns(callsMax)), metrics, version, checks);
    }

    private Pages(@Nullable JsonGateway gateway, Supplier<String> metrics, String version, Checks checks) {
        this.gateway = gateway;
        this.metrics = metrics;
        this.version = version;
        this.checks = checks;
    }

    /// The same for an address where the API must not be.
    public Pages withoutGateway() {
        return new Pages((JsonGateway) null, metrics, version, checks);
    }

    /// Serves nothing, where pages are at another address.
    public static void none(Exchange exchange) {
        exchange.answer(404, TEXT, GatewayError.bytes("404 page not found\n"));
    }

    @Override
    public void accept(Exchange exchange) {
        Address address = Address.of(exchange.uri());
        String path = address.path();
        if (gateway != null && JsonGateway.isBehind(path)) {
            gateway.serve(exchange, path);
            return;
        }
        boolean known = List.of("/health", "/version", "/metrics").contains(path) || probe(path);
        if (!known) {
            none(exchange);
        } else if (!exchange.method().equals("GET") && !exchange.method().equals("HEAD")) {
            exchange.answer(405, TEXT, GatewayError.bytes("Method Not Allowed\n"));
        } else {
            switch (path) {
                case "/health" -> health(exchange, address);
                case "/version" -> version(exchange);
                case "/metrics" -> metrics(exchange);
                default -> probes(exchange, address);
            }
        }
    }

    /// Not on the door's thread: it reads files, and the first time counts keys.
    private void metrics(Exchange exchange) {
        Thread.startVirtualThread(() ->
                exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8", GatewayError.bytes(metrics.get())));
    }

    private static boolean probe(String path) {
        return path.startsWith("/livez") || path.startsWith("/readyz");
    }

    private void version(Exchange exchange) {
        JsonObject json = new JsonObject();
        json.addProperty("etcdserver", version);
        json.addProperty("etcdcluster", version.substring(0, version.lastIndexOf('.')) + ".0");
        exchange.answer(200, "application/json", GatewayError.bytes(json.toString()));
    }

    private void health(Exchange exchange, Address address) {
        List<String> excluded = address.values("exclude");
        List<String> reasons = checks.alarms().get().stream()
                .filter(alarm -> !excluded.contains(alarm))
                .map(alarm -> "ALARM " + alarm)
                // One is enough, as in etcd.
                .limit(1)
                .toList();
        if (reasons.isEmpty()) reasons = checks.writable().get();
        checks.asked().accept(reasons.isEmpty());
        JsonObject json = new JsonObject();
        json.addProperty("health", Boolean.toString(reasons.isEmpty()));
        json.addProperty("reason", String.join(", ", reasons));
        exchange.answer(reasons.isEmpty() ? 200 : 503, "application/json", GatewayError.bytes(json.toString()));
    }

    /// Alive is who can read; ready is who can also change, and knows of no damage.
    private void probes(Exchange exchange, Address address) {
        boolean ready = address.path().startsWith("/readyz");
        Map<String, List<String>> all = new TreeMap<>();
        all.put("serializable_read", List.of());
        if (ready) {
            all.put("linearizable_read", List.of());
            all.put("non_learner", List.of());
            all.put(
                    "data_corruption",
                    checks.alarms().get().stream()
                            .filter("CORRUPT"::equals)
                            .map(alarm -> "alarm activated: " + alarm)
                            .toList());
            all.put("write", checks.writable().get());
        }
        String rest = address.path().substring(ready ? "/readyz".length() : "/livez".length());
        if (!rest.isEmpty() && !all.containsKey(rest.substring(1))) {
            exchange.answer(404, TEXT, GatewayError.bytes("404 page not found\n"));
            return;
        }
        if (!rest.isEmpty()) all.keySet().retainAll(List.of(rest.substring(1)));
        all.keySet().removeAll(address.values("exclude"));
        StringBuilder lines = new StringBuilder();
        boolean failed = false;
        for (Map.Entry<String, List<String>> check : all.entrySet()) {
            boolean ok = check.getValue().isEmpty();
            failed |= !ok;
            lines.append(ok ? "[+]" : "[-]").append(check.getKey());
            lines.append(ok ? " ok" : " failed: " + String.join(", ", check.getValue()))
                    .append('\n');
        }
        String name = ready ? "readyz" : "livez";
        if (failed) {
            exchange.answer(503, TEXT, GatewayError.bytes(lines + name + " check failed\n"));
        } else if (address.has("verbose")) {
            exchange.answer(200, TEXT, GatewayError.bytes(lines + name + " check passed\n"));
        } else {
            exchange.answer(200, TEXT, GatewayError.bytes("ok\n"));
        }
    }
}
