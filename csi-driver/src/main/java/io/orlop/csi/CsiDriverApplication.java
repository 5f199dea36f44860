package io.orlop.csi;

import io.grpc.BindableService;
import io.orlop.wire.service.Pools;
import io.orlop.wire.service.Registry;
import io.orlop.wire.service.Volumes;
import io.orlop.wire.spring.ApplicationLife;
import io.orlop.wire.spring.RpcClientConfiguration;
import io.orlop.wire.spring.RpcClients;
import io.orlop.wire.spring.RpcServerConfiguration;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.Order;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.lifecycle.GrpcServerStartedEvent;

/// The CSI controller as a process: Identity and Controller on a Unix socket. Its configuration is `csi-driver.yml`.
@SpringBootApplication(proxyBeanMethods = false)
@Import({RpcClientConfiguration.class, RpcServerConfiguration.class})
public class CsiDriverApplication {
    public static void main(String[] args) {
        ApplicationLife.lead(builder(), args);
    }

    public static SpringApplicationBuilder builder() {
        return new SpringApplicationBuilder(CsiDriverApplication.class)
                .web(WebApplicationType.NONE)
                .initializers(new CsiEndpoint())
                .properties("spring.config.name=csi-driver");
    }

    /// Claimed before the server starts, since beans are made before anything is started; given up after it stopped.
    @Bean
    CsiSocket csiSocket(@Value("${" + CsiEndpoint.PATH + "}") String path) {
        return CsiSocket.claim(Path.of(path));
    }

    @Bean
    ApplicationListener<GrpcServerStartedEvent> csiSocketRestriction(CsiSocket socket) {
        return _ -> socket.restrict();
    }

    @Bean
    @ConditionalOnMissingBean
    Volumes volumes(RpcClients clients) {
        return clients.client(Volumes.class, "volumes");
    }

    @Bean
    @ConditionalOnMissingBean
    Pools pools(RpcClients clients) {
        return clients.client(Pools.class, "pools");
    }

    @Bean
    @ConditionalOnMissingBean
    Registry registry(RpcClients clients) {
        return clients.client(Registry.class, "registry");
    }

    @Bean
    CsiController csiController(Volumes volumes, Pools pools, Registry registry) {
        return new CsiController(volumes, pools, registry);
    }

    @Bean
    BindableService csiIdentity() {
        return new IdentityService();
    }

    @Bean
    BindableService csiControllerService(CsiController controller) {
        return new ControllerService(controller);
    }

    @Bean
    @Order(0)
    @GlobalServerInterceptor
    CallLog callLog() {
        return new CallLog();
    }
}
