package io.orlop.wire.spring;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// For servers whose handlers block where they are called, the agent's and CSI's: every gRPC call on a virtual
/// thread of its own. `spring.threads.virtual.enabled` does not reach the gRPC server.
@Configuration(proxyBeanMethods = false)
public class RpcServerConfiguration {
    @Bean(destroyMethod = "shutdown")
    ExecutorService rpcExecutor() {
        return Executors.newVirtualThreadPerTaskExecutor();
    }

    @Bean
    GrpcServerExecutorProvider rpcExecutorProvider(ExecutorService rpcExecutor) {
        return () -> rpcExecutor;
    }
}
