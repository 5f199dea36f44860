package io.orlop.benchmarks.store;

import com.google.protobuf.ByteString;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;

/// Changes of which many watchers hear.
///
/// @param connections with so many streams each, and so many watches on each of those
record FanOut(int connections, int streams, int watches) {
    private static final ByteString KEY = ByteString.copyFromUtf8("watched");

    /// @param changes how many, one after the other has been heard by all
    /// @return how long from the change's beginning until a watcher heard, for each watcher and change, sorted
    long[] run(Contender contender, int changes) throws IOException {
        var ears = new Ears();
        List<RawConnection> open = new ArrayList<>();
        var kv = KVGrpc.newFutureStub(contender.channel());
        PutRequest put = PutRequest.newBuilder()
                .setKey(KEY)
                .setValue(ByteString.copyFrom(new byte[Requests.VALUE_BYTES]))
                .build();
        byte[] create = WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder().setKey(KEY))
                .build()
                .toByteArray();
        try (Selector selector = Selector.open()) {
            for (int c = 0; c < connections; c++) {
                RawConnection connection = RawConnection.open(contender.port(), "Watch/Watch", selector, ears);
                open.add(connection);
                for (int s = 0; s < streams; s++) {
                    int stream = connection.open();
                    for (int w = 0; w < watches; w++) connection.send(stream, create);
                }
                connection.flush();
            }
            ears.await(selector, connections * streams * watches);
            var samples = new Load.Samples();
            for (int change = 0; change < changes; change++) {
                if (change == changes / 5) samples.clear();
                ears.samples = samples;
                ears.since = System.nanoTime();
                var _ = kv.put(put);
                ears.await(selector, connections * streams * watches);
            }
            return samples.sorted();
        } finally {
            for (RawConnection connection : open) connection.close();
        }
    }

    private static final class Ears implements RawConnection.Answers {
        private Load.Samples samples = new Load.Samples();
        private long since;
        private long now;
        private int heard;

        void await(Selector selector, int messages) throws IOException {
            while (heard < messages) {
                selector.select(1000);
                for (SelectionKey key : selector.selectedKeys()) {
                    RawConnection connection = (RawConnection) key.attachment();
                    now = System.nanoTime();
                    connection.read();
                    connection.flush();
                }
                selector.selectedKeys().clear();
            }
            heard -= messages;
        }

        @Override
        public void message(RawConnection connection, int stream) {
            heard++;
            samples.add(now - since);
        }

        @Override
        public void ended(RawConnection connection, int stream, boolean answered) {
            throw new IllegalStateException("a watch ended");
        }
    }
}
