package io.orlop.control.keyspace.etcd;

import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/// Has answers taken in by the thread of the network that brings them: what is done with them is short, and wakes
/// whoever waits. (gRPC would pass each one to a thread of its own first; jetcd has no setting for it.)
final class DirectCalls implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
        return next.newCall(method, options.withExecutor(MoreExecutors.directExecutor()));
    }
}
