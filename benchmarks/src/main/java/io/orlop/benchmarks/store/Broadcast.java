package io.orlop.benchmarks.store;

import com.google.protobuf.ByteString;
import io.orlop.store.proto.etcdserverpb.WatchCreateRequest;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Many changes, as fast as they are taken, of all of which some watchers hear, each by a connection of its own.
record Broadcast(int watchers, int changes) {
    /// @return seconds from the first change until the last watcher heard of the last one
    double run(Contender contender, Supplier<byte[]> puts) throws Exception {
        byte[] create = allKeysFrom(0);
        List<RawConnection> open = new ArrayList<>();
        var failure = new AtomicReference<@Nullable IOException>();
        try (Selector selector = Selector.open()) {
            Ears ears = new Ears();
            for (int i = 0; i < watchers; i++) {
                RawConnection connection = RawConnection.open(contender.port(), "Watch/Watch", selector, ears);
                open.add(connection);
                connection.send(connection.open(), create);
                connection.flush();
            }
            while (ears.messages < watchers) ears.turn(selector);
            long start = System.nanoTime();
            Thread putting = Thread.ofPlatform().start(() -> {
                try {
                    Load.unary("KV/Put", 4, 100, puts).times(contender.port(), changes);
                } catch (IOException e) {
                    failure.set(e);
                }
            });
            while (ears.events < (long) watchers * changes && failure.get() == null) ears.turn(selector);
            putting.join();
            if (failure.get() != null) throw failure.get();
            return (System.nanoTime() - start) / 1e9;
        } finally {
            for (RawConnection connection : open) connection.close();
        }
    }

    /// @param revision the first that is wanted, 0 for the next one
    static byte[] allKeysFrom(long revision) {
        return WatchRequest.newBuilder()
                .setCreateRequest(WatchCreateRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key/"))
                        .setRangeEnd(ByteString.copyFromUtf8("key0"))
                        .setStartRevision(revision))
                .build()
                .toByteArray();
    }

    /// Counts events, reading no more of them than their lengths.
    static final class Ears implements RawConnection.Answers {
        private static final int EVENT_TAG = WatchResponse.EVENTS_FIELD_NUMBER << 3 | 2;

        long events;
        int messages;
        private @Nullable RawConnection reading;
        private final java.util.Map<RawConnection, Fields> fields = new java.util.IdentityHashMap<>();

        void turn(Selector selector) throws IOException {
            selector.select(1000);
            for (SelectionKey key : selector.selectedKeys()) {
                reading = (RawConnection) key.attachment();
                reading.read();
                reading.flush();
            }
            selector.selectedKeys().clear();
        }

        @Override
        public void part(ByteBuffer bytes, int at, int length) {
            fields.computeIfAbsent(java.util.Objects.requireNonNull(reading), _ -> new Fields())
                    .take(bytes, at, at + length);
        }

        @Override
        public void message(RawConnection connection, int stream) {
            messages++;
        }

        @Override
        public void ended(RawConnection connection, int stream, boolean answered) {
            throw new IllegalStateException("a watch ended");
        }

        /// A message's fields, as its bytes come: a tag, a number or a length, and what is as long.
        private final class Fields {
            private int skip;
            private int tag = -1;
            private long number;
            private int shift;

            void take(ByteBuffer bytes, int at, int end) {
                while (at < end) {
                    if (skip > 0) {
                        int skipped = Math.min(skip, end - at);
                        skip -= skipped;
                        at += skipped;
                        continue;
                    }
                    byte next = bytes.get(at++);
                    number |= (next & 0x7fL) << shift;
                    shift += 7;
                    if (next < 0) continue;
                    if (tag < 0) {
                        tag = (int) number;
                    } else {
                        if ((tag & 7) == 2) skip = (int) number;
                        if (tag == EVENT_TAG) events++;
                        tag = -1;
                    }
                    number = 0;
                    shift = 0;
                }
            }
        }
    }
}
