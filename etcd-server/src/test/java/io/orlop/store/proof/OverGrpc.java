package io.orlop.store.proof;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.orlop.store.api.Denial;
import io.orlop.store.api.Operation;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.etcd.EtcdOptions;
import io.orlop.store.etcd.EtcdServer;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import io.orlop.store.proto.etcdserverpb.CompactionRequest;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchProgressRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// The store behind its port.
final class OverGrpc implements Entrance {
    private final MvccStore store;
    private final EtcdServer server;
    private final ManagedChannel channel;

    OverGrpc(MvccStore store) throws IOException {
        this.store = store;
        server = EtcdServer.start(store, EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0)));
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @Override
    public Answer ask(Request request) {
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        try {
            return switch (request) {
                case Request.Do(Operation.Range range) -> new Answer.Done(Wire.ranged(kv.range(Wire.range(range))));
                case Request.Do(Operation.Put put) -> new Answer.Done(Wire.put(kv.put(Wire.put(put))));
                case Request.Do(Operation.Delete delete) ->
                    new Answer.Done(Wire.deleted(kv.deleteRange(Wire.delete(delete))));
                case Request.Do(Operation.Txn txn) -> new Answer.Done(Wire.txn(kv.txn(Wire.txn(txn))));
                case Request.Compact(long revision) -> {
                    kv.compact(
                            CompactionRequest.newBuilder().setRevision(revision).build());
                    yield new Answer.Compacted();
                }
            };
        } catch (StatusRuntimeException refused) {
            return Stream.of(Denial.values())
                    .filter(denial -> denial.text().equals(refused.getStatus().getDescription()))
                    .findFirst()
                    .map(Entrance::refused)
                    .orElseGet(Answer.Unknown::new);
        }
    }

    @Override
    public Ear watch(WatchRecord record, boolean takesTheirWord) {
        Call call = new Call(record.connect(takesTheirWord));
        WatchGrpc.newStub(channel).watch(call);
        call.requests().onNext(Wire.watch(call.connection.request()));
        return call;
    }

    @Override
    public void close() throws IOException {
        channel.shutdownNow();
        server.close();
        store.close();
        try {
            channel.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Takes messages one by one, when it listens.
    private static final class Call implements ClientResponseObserver<WatchRequest, WatchResponse>, Ear {
        private final WatchRecord.Connection connection;
        private volatile ClientCallStreamObserver<WatchRequest> requests;
        private boolean listening = true;
        private boolean owes;

        @SuppressWarnings("NullAway")
        Call(WatchRecord.Connection connection) {
            this.connection = connection;
        }

        ClientCallStreamObserver<WatchRequest> requests() {
            return requests;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
            requests = stream;
            stream.disableAutoRequestWithInitial(1);
        }

        @Override
        public synchronized void listen(boolean now) {
            listening = now;
            if (now && owes) {
                owes = false;
                requests.request(1);
            }
        }

        private synchronized void another() {
            if (listening) requests.request(1);
            else owes = true;
        }

        @Override
        public synchronized void requestProgress() {
            requests.onNext(WatchRequest.newBuilder()
                    .setProgressRequest(WatchProgressRequest.getDefaultInstance())
                    .build());
        }

        @Override
        public void onNext(WatchResponse response) {
            if (response.getCanceled()) {
                if (response.getCompactRevision() > 0) connection.compacted(response.getCompactRevision());
                else connection.failed();
            } else if (response.getEventsCount() > 0) {
                connection.events(
                        response.getEventsList().stream().map(Wire::event).toList());
            } else if (!response.getCreated()) {
                connection.progress(response.getHeader().getRevision());
            }
            another();
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {}
    }
}
