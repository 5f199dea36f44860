package io.orlop.wire.spring;

import io.grpc.ManagedChannel;
import io.orlop.wire.rpc.CallPolicy;
import io.orlop.wire.rpc.FollowingLeader;
import io.orlop.wire.rpc.KeepAlive;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.grpc.client.ChannelBuilderOptions;
import org.springframework.grpc.client.GrpcChannelFactory;

/// Makes clients of our other services. The configured target of a channel is the door, where any copy may answer;
/// from there a client goes to the copy that leads, over a channel with the settings of
/// `spring.grpc.client.channel.default`. All channels are closed with the application's context.
public final class RpcClients {
    /// What a volume's creation may take, pool by pool, before its caller should ask again.
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /// Until a leader that died is followed by another; more than a lease lasts.
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /// Said for each channel: Boot applies its properties (5 minutes and 20 seconds) after every customizer that is a
    /// bean, and those of `default` only where a channel has none of its own.
    private static final ChannelBuilderOptions WATCHED =
            ChannelBuilderOptions.defaults().withCustomizer((_, line) -> KeepAlive.of(line));

    private final GrpcChannelFactory channels;
    private final CallPolicy.Registries registries;
    /// The factory notes its channels in a plain list, and copies are dialled by whoever calls first.
    private final ReentrantLock dialling = new ReentrantLock();

    RpcClients(GrpcChannelFactory channels, CallPolicy.Registries registries) {
        this.channels = channels;
        this.registries = registries;
    }

    /// @param channel the name of a configured channel: registry, pools, nexuses or volumes
    public <T> T client(Class<T> contract, String channel) {
        return FollowingLeader.overGrpc(
                contract, channel, dial(channel), address -> dial("dns:///" + address), registries, DEADLINE, PATIENCE);
    }

    private ManagedChannel dial(String target) {
        dialling.lock();
        try {
            return channels.createChannel(target, WATCHED);
        } finally {
            dialling.unlock();
        }
    }
}
