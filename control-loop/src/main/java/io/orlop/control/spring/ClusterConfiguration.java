package io.orlop.control.spring;

import io.orlop.control.keyspace.Keyspace;
import io.orlop.control.keyspace.Layout;
import io.orlop.control.view.ClusterView;
import io.orlop.model.NodeState;
import io.orlop.model.ambient.Ambient;
import io.orlop.wire.agent.Agents;
import io.orlop.wire.agent.GuardedAgents;
import io.orlop.wire.ioengine.GrpcAgents;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.service.Registry;
import io.orlop.wire.spring.RpcClientConfiguration;
import io.orlop.wire.spring.RpcClients;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;

/// What a service needs that works with storage nodes: what they report, from registry-service, and their agents, where
/// the report says that they are.
@Configuration(proxyBeanMethods = false)
@Import(RpcClientConfiguration.class)
public class ClusterConfiguration {
    @Bean
    @ConditionalOnMissingBean
    Registry registryClient(RpcClients clients) {
        return clients.client(Registry.class, "registry");
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    ClusterView clusterView(Ambient ambient, Keyspace keyspace, Layout layout, Registry registryClient) {
        return ClusterView.open(ambient, keyspace, layout, registryClient);
    }

    @Bean(destroyMethod = "close")
    GrpcAgents agentChannels(ClusterView view) {
        return new GrpcAgents(node -> view.seen().node(node).map(NodeState::grpcEndpoint));
    }

    @Bean
    @Primary
    Agents agents(GrpcAgents agentChannels, CallPolicy.Registries registries) {
        return new GuardedAgents(agentChannels, registries);
    }
}
