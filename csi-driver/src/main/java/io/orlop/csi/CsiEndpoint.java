package io.orlop.csi;

import java.util.Map;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/// Puts the socket where Spring's gRPC server looks for it. CSI gives it as an endpoint, `unix:///csi/csi.sock`; a
/// plain path will do.
final class CsiEndpoint implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    static final String PATH = "spring.grpc.server.netty.domain-socket-path";

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        var environment = context.getEnvironment();
        String path = path(environment.getRequiredProperty("orlop.csi.socket"));
        environment.getPropertySources().addFirst(new MapPropertySource("csi-endpoint", Map.of(PATH, path)));
    }

    static String path(String endpoint) {
        String path = endpoint.startsWith("unix://")
                ? endpoint.substring("unix://".length())
                : endpoint.startsWith("unix:") ? endpoint.substring("unix:".length()) : endpoint;
        if (path.isBlank() || path.contains("://")) {
            throw new IllegalStateException(
                    "the CSI endpoint '%s' is no Unix socket: give unix:///a/path or a path".formatted(endpoint));
        }
        return path;
    }
}
