package io.orlop.store.etcd;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/// A request and where it goes, so that it can be sent to several and in several ways. Of a stream it is the first
/// message, and the answer is the first that comes.
record Call(MethodDescriptor<?, ? extends Message> method, Message request) implements Function<Channel, Message> {
    @Override
    public Message apply(Channel channel) {
        return send(channel, method);
    }

    @SuppressWarnings("unchecked") // The request was made for this method.
    private <Q> Message send(Channel channel, MethodDescriptor<Q, ? extends Message> to) {
        return to.getType() == MethodDescriptor.MethodType.UNARY
                ? ClientCalls.blockingUnaryCall(channel, to, CallOptions.DEFAULT, (Q) request)
                : first(channel, to, (Q) request);
    }

    private static <Q, A extends Message> Message first(Channel channel, MethodDescriptor<Q, A> to, Q request) {
        CompletableFuture<A> first = new CompletableFuture<>();
        StreamObserver<Q> stream =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(to, CallOptions.DEFAULT), new StreamObserver<>() {
                    @Override
                    public void onNext(A answer) {
                        first.complete(answer);
                    }

                    @Override
                    public void onError(Throwable error) {
                        first.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {}
                });
        stream.onNext(request);
        try {
            A answer = first.join();
            stream.onCompleted();
            return answer;
        } catch (CompletionException refused) {
            if (refused.getCause() instanceof RuntimeException why) throw why;
            throw refused;
        }
    }
}
