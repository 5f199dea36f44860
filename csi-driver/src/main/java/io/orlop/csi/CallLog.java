package io.orlop.csi;

import com.google.protobuf.Message;
import io.grpc.ForwardingServerCall;
import io.grpc.ForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who asked what and what came of it; never a secret.
final class CallLog implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(CallLog.class);

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
        var answered = new ForwardingServerCall.SimpleForwardingServerCall<Q, A>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (!status.isOk()) LOG.info("{}: {} {}", method, status.getCode(), status.getDescription());
                super.close(status, trailers);
            }
        };
        return new ForwardingServerCallListener.SimpleForwardingServerCallListener<>(
                next.startCall(answered, headers)) {
            @Override
            public void onMessage(Q message) {
                if (LOG.isDebugEnabled() && message instanceof Message asked) {
                    LOG.debug("{} {}", method, Redaction.text(asked));
                }
                super.onMessage(message);
            }
        };
    }
}
