package io.orlop.store.mirror;

import com.google.protobuf.ByteString;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// A watch that is read like a queue: one message is asked for when the one before it was taken. What is too much for a
/// message, as much may be after a pause, comes in several.
final class Changes implements AutoCloseable {
    private sealed interface Heard {
        record Message(WatchResponse response) implements Heard {}

        record Over(Throwable why) implements Heard {}
    }

    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();
    private @Nullable ClientCallStreamObserver<WatchRequest> call;

    Changes(Channel channel, ByteString prefix, long start) {
        WatchGrpc.newStub(channel).watch(new ClientResponseObserver<WatchRequest, WatchResponse>() {
            @Override
            public void beforeStart(ClientCallStreamObserver<WatchRequest> begun) {
                begun.disableAutoRequestWithInitial(1);
                call = begun;
            }

            @Override
            public void onNext(WatchResponse response) {
                heard.add(new Heard.Message(response));
            }

            @Override
            public void onError(Throwable thrown) {
                heard.add(new Heard.Over(thrown));
            }

            @Override
            public void onCompleted() {
                heard.add(new Heard.Over(Status.UNAVAILABLE
                        .withDescription("the watch was ended")
                        .asRuntimeException()));
            }
        });
        ByteString noEnd = ByteString.copyFrom(new byte[1]);
        send(WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(prefix.isEmpty() ? noEnd : prefix)
                        .setRangeEnd(Mirror.end(prefix))
                        .setStartRevision(start)
                        .setProgressNotify(true)
                        .setFragment(true))
                .build());
    }

    private void send(WatchRequest request) {
        if (call != null) call.onNext(request);
    }

    /// Waits for the next message that is not merely that the watch exists.
    WatchResponse next() throws InterruptedException {
        while (true) {
            switch (heard.take()) {
                case Heard.Message(WatchResponse response) -> {
                    if (call != null) call.request(1);
                    if (!response.getCreated() || response.getCanceled()) return response;
                }
                case Heard.Over(Throwable why) ->
                    throw Status.fromThrowable(why).asRuntimeException();
            }
        }
    }

    @Override
    public void close() {
        if (call != null) call.cancel("the mirror is done with it", null);
    }
}
