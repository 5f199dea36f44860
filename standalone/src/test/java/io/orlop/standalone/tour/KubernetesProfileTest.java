package io.orlop.standalone.tour;

import static org.assertj.core.api.Assertions.assertThat;

import io.orlop.dataplane.AgentMain;
import io.orlop.etcd.RealEtcd;
import io.orlop.gateway.ApiGatewayApplication;
import io.orlop.registry.RegistryServiceApplication;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that are told nothing but that they are in Kubernetes.
class KubernetesProfileTest {
    @TempDir
    Path directory;

    @Test
    void propertiesComeFromConfigMapsAndTheOtherServicesFromDiscovery() throws Exception {
        try (var etcd = RealEtcd.start();
                var kubernetes = new KubernetesApi();
                var orlop = new Processes(directory, etcd.endpoint())) {
            kubernetes.configMap(
                    "registry-service",
                    Map.of(
                            "application.yml",
                            """
                    orlop.store.endpoints: %s
                    spring.grpc.server.port: %d
                    server.port: %d
                    """
                                    .formatted(etcd.endpoint(), orlop.port("registry"), orlop.port("registry-http"))));
            kubernetes.configMap("api-gateway", Map.of("server.port", String.valueOf(orlop.port("gateway-http"))));
            kubernetes.service("registry", orlop.port("registry"));

            orlop.inKubernetes("registry", RegistryServiceApplication.class, kubernetes);
            orlop.inKubernetes("gateway", ApiGatewayApplication.class, kubernetes);
            orlop.agent("node-1", AgentMain.class, directory);
            orlop.awaitUp("registry");
            orlop.awaitUp("gateway");

            try (var rest = new Rest(orlop.port("gateway-http"))) {
                Tour.await("the gateway finds the registry, and there the node", () -> rest.call(
                                "GET", "/v0/nodes/node-1", "")
                        .body()
                        .at("/state/status")
                        .asString("")
                        .equals("Online"));
                // Nobody told where this one is.
                assertThat(rest.call("GET", "/v0/volumes", "").status()).isEqualTo(503);
            }
        }
    }
}
