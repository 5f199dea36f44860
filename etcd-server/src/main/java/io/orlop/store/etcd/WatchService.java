package io.orlop.store.etcd;

import io.grpc.BindableService;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.api.DeniedException;
import io.orlop.store.auth.Access;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.watch.WatchRefusal;
import io.orlop.store.watch.WatchStream;
import java.util.Optional;

/// Watches: one stream of the engine for each call.
final class WatchService implements BindableService {
    private final MvccStore store;
    private final Identity identity;
    private final Callers callers;
    private final int messageBytesMax;
    /// So much a client may ask on one stream before the hub has heard of it.
    private static final int UNHEARD_MAX = 256;

    private final SharedEvents shared = new SharedEvents();

    WatchService(MvccStore store, Identity identity, Callers callers, int messageBytesMax) {
        this.store = store;
        this.identity = identity;
        this.callers = callers;
        this.messageBytesMax = messageBytesMax;
    }

    /// Asked once, when a watch begins. A start that cannot be is the hub's to refuse, and comes first.
    private Optional<WatchRefusal> refusal(io.orlop.store.watch.WatchRequest wanted, Credentials shown) {
        if (wanted.start() < 0) return Optional.empty();
        try {
            callers.rights(shown).check(Access.READ, wanted.keys());
            return Optional.empty();
        } catch (DeniedException denied) {
            return Optional.of(
                    switch (denied.denial()) {
                        case INVALID_AUTH_TOKEN -> WatchRefusal.INVALID_AUTH_TOKEN;
                        case AUTH_OLD_REVISION -> WatchRefusal.AUTH_OLD_REVISION;
                        case USER_EMPTY -> WatchRefusal.USER_EMPTY;
                        default -> WatchRefusal.PERMISSION_DENIED;
                    });
        }
    }

    @Override
    public ServerServiceDefinition bindService() {
        return ServerServiceDefinition.builder(WatchGrpc.SERVICE_NAME)
                .addMethod(WatchReply.METHOD, ServerCalls.asyncBidiStreamingCall(this::watch))
                .build();
    }

    private StreamObserver<WatchRequest> watch(StreamObserver<WatchReply> client) {
        ServerCallStreamObserver<WatchReply> call = (ServerCallStreamObserver<WatchReply>) client;
        WatchCall sink = new WatchCall(call, identity, messageBytesMax, shared, store.tally());
        WatchStream stream = store.watch(sink);
        Credentials shown = Credentials.current();
        call.setOnReadyHandler(stream::ready);
        call.setOnCancelHandler(stream::close);
        call.disableAutoRequest();
        call.request(UNHEARD_MAX);
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchRequest request) {
                switch (request.getRequestUnionCase()) {
                    case CREATE_REQUEST -> {
                        var create = request.getCreateRequest();
                        var wanted = Decoding.watch(create);
                        var refusal = refusal(wanted, shown);
                        if (refusal.isPresent()) stream.refuse(refusal.get());
                        else stream.create(wanted, id -> sink.fragment(id, create.getFragment()));
                    }
                    case CANCEL_REQUEST ->
                        stream.cancel(request.getCancelRequest().getWatchId());
                    case PROGRESS_REQUEST -> stream.requestProgress();
                    case REQUESTUNION_NOT_SET -> {}
                }
                stream.whenHeard(() -> call.request(1));
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
