package io.orlop.wire.spring;

import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.EagerChannel;
import io.orlop.wire.rpc.RpcClient;
import java.time.Duration;
import org.springframework.grpc.client.GrpcChannelFactory;

/// Makes clients of our other services.
public final class RpcClients {
    /// What a volume's creation may take, pool by pool, before its caller should ask again.
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final GrpcChannelFactory channels;
    private final CallPolicy.Registries registries;

    RpcClients(GrpcChannelFactory channels, CallPolicy.Registries registries) {
        this.channels = channels;
        this.registries = registries;
    }

    /// @param channel the name of a configured channel: registry, pools, nexuses or volumes
    public <T> T client(Class<T> contract, String channel) {
        return RpcClient.of(
                contract,
                new EagerChannel(channels.createChannel(channel)),
                CallPolicy.to(channel, registries),
                DEADLINE);
    }
}
