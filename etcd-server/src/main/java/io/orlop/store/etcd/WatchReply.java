package io.orlop.store.etcd;

import io.grpc.MethodDescriptor;
import io.orlop.store.door.Encoded;
import io.orlop.store.proto.etcdserverpb.WatchGrpc;
import io.orlop.store.proto.etcdserverpb.WatchRequest;
import io.orlop.store.proto.etcdserverpb.WatchResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/// An answer to a watch. In protobuf a message may be written in parts, one behind the other: what is this watcher's
/// own comes first, and then the events, whose bytes are everybody's.
///
/// ```
///   │ header │ watch id │        of this watcher, some 30 bytes
///   │ event │ event │ event │ …  encoded once
/// ```
record WatchReply(WatchResponse own, byte[] shared) implements Encoded {
    private static final byte[] NO_EVENTS = new byte[0];

    /// The method of the API, with answers of this form.
    static final MethodDescriptor<WatchRequest, WatchReply> METHOD = WatchGrpc.getWatchMethod().toBuilder(
                    WatchGrpc.getWatchMethod().getRequestMarshaller(), new Marshaller())
            .build();

    static WatchReply of(WatchResponse whole) {
        return new WatchReply(whole, NO_EVENTS);
    }

    @Override
    public List<ByteBuffer> parts() {
        return shared.length == 0 ? List.of() : List.of(ByteBuffer.wrap(shared));
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<WatchReply> {
        @Override
        public InputStream stream(WatchReply reply) {
            return new SequenceInputStream(
                    new ByteArrayInputStream(reply.own.toByteArray()), new ByteArrayInputStream(reply.shared));
        }

        @Override
        public WatchReply parse(InputStream bytes) {
            try {
                return of(WatchResponse.parseFrom(bytes));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
