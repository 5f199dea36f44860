package io.orlop.wire.ioengine;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.orlop.model.NodeId;
import io.orlop.model.NodeRegistration;
import io.orlop.stubs.mayastor.v1.DeregisterRequest;
import io.orlop.stubs.mayastor.v1.RegistrationGrpc;
import io.orlop.wire.service.Registration;
import io.orlop.wire.status.RefusalStatus;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The control plane's registration over gRPC: ours, or Mayastor's.
public final class GrpcRegistration implements Registration {
    private final Channel channel;
    private final @Nullable Boolean relayed;

    public GrpcRegistration(Channel channel) {
        this(channel, null);
    }

    private GrpcRegistration(Channel channel, @Nullable Boolean relayed) {
        this.channel = channel;
        this.relayed = relayed;
    }

    /// What a node has said to one copy of the registry, said to another, which does not pass it on again.
    public static Registration passingOn(Channel channel) {
        return new GrpcRegistration(channel, true);
    }

    @Override
    public void register(NodeRegistration node) {
        ask(() -> saying(node).register(RegistrationCodec.proto(node)));
    }

    private RegistrationGrpc.RegistrationBlockingStub saying(NodeRegistration node) {
        var counted = Headers.DRIFT.on(Headers.GENERATION.on(stub(), node.generation()), node.drift());
        return Headers.ADDRESSES.on(counted, RegistrationCodec.addresses(node));
    }

    @Override
    public void deregister(NodeId node) {
        ask(() -> stub().deregister(
                        DeregisterRequest.newBuilder().setId(node.name()).build()));
    }

    private RegistrationGrpc.RegistrationBlockingStub stub() {
        return Headers.RELAYED.on(
                RegistrationGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(CallLimits.HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS),
                relayed);
    }

    private static void ask(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException answer) {
            throw RefusalStatus.understood("registration", answer);
        }
    }
}
