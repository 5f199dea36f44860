package io.orlop.control.keyspace.etcd;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.MethodDescriptor;

/// Has answers taken in by the thread of the network that brings them: what is done with them is short, and wakes
/// whoever waits. (gRPC would pass each one to a thread of its own first; jetcd has no setting for it.)
///
/// A call belongs to nobody: whoever asks for it may be answering a call itself, and if that is cancelled, gRPC would
/// cancel this one with it, which looks as if the store were away. How long a call may take is [EtcdCalls]'s to say.
final class DirectCalls implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        Context asking = Context.ROOT.attach();
        try {
            return next.newCall(method, options.withExecutor(MoreExecutors.directExecutor()));
        } finally {
            Context.ROOT.detach(asking);
        }
    }
}
