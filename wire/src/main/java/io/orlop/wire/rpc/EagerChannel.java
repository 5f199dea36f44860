package io.orlop.wire.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;

/// A channel that failed waits longer and longer, up to minutes, before it dials again. Here somebody who calls makes
/// it dial at once: maybe the peer is back. How often an absent peer is called is for a [CallPolicy] to say.
public final class EagerChannel extends Channel {
    private final ManagedChannel line;

    public EagerChannel(ManagedChannel line) {
        this.line = line;
    }

    @Override
    public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
        if (line.getState(false) == ConnectivityState.TRANSIENT_FAILURE) line.resetConnectBackoff();
        return line.newCall(method, options);
    }

    @Override
    public String authority() {
        return line.authority();
    }
}
