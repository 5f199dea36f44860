package io.orlop.store.etcd;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.watch.WatchStream;

/// Watches: one stream of the engine for each call.
final class WatchService implements BindableService {
    private final MvccStore store;
    private final Identity identity;
    private final int messageBytesMax;
    private final SharedEvents shared = new SharedEvents();

    WatchService(MvccStore store, Identity identity, int messageBytesMax) {
        this.store = store;
        this.identity = identity;
        this.messageBytesMax = messageBytesMax;
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(WatchGrpc.SERVICE_NAME)
                .addMethod(WatchReply.METHOD, ServerCalls.asyncBidiStreamingCall(this::watch))
                .build();
    }

    private StreamObserver<WatchRequest> watch(StreamObserver<WatchReply> client) {
        ServerCallStreamObserver<WatchReply> call = (ServerCallStreamObserver<WatchReply>) client;
        WatchCall sink = new WatchCall(call, identity, messageBytesMax, shared);
        WatchStream stream = store.watch(sink);
        call.setOnReadyHandler(stream::ready);
        call.setOnCancelHandler(stream::close);
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchRequest request) {
                switch (request.getRequestUnionCase()) {
                    case CREATE_REQUEST -> {
                        var create = request.getCreateRequest();
                        stream.create(Decoding.watch(create), id -> sink.fragment(id, create.getFragment()));
                    }
                    case CANCEL_REQUEST ->
                        stream.cancel(request.getCancelRequest().getWatchId());
                    case PROGRESS_REQUEST -> stream.requestProgress();
                    case REQUESTUNION_NOT_SET -> {}
                }
            }

            @Override
            public void onError(Throwable gone) {
                stream.close();
            }

            /// As with etcd, who has nothing more to ask goes on hearing.
            @Override
            public void onCompleted() {}
        };
    }
}
