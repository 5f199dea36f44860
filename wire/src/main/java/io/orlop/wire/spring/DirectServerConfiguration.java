package io.orlop.wire.spring;

import io.orlop.wire.rpc.RpcServer;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerExecutorProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// For servers whose handlers never block where they are called, as those of [RpcServer]: a call is begun on the thread
/// that brought it, without a way over another.
@Configuration(proxyBeanMethods = false)
public class DirectServerConfiguration {
    @Bean
    GrpcServerExecutorProvider rpcExecutorProvider() {
        return () -> Runnable::run;
    }
}
