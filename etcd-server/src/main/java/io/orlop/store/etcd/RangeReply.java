package io.orlop.store.etcd;

import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.orlop.store.door.Encoded;
import io.orlop.store.engine.Budget;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// An answer to a range. In protobuf a message may be written in parts, one behind the other: here the rows come after
/// all the rest.
///
/// ```
///   │ header │ more │ count │    known when all is read
///   │ row │ row │ row │ …        encoded while it is read
/// ```
record RangeReply(RangeResponse own, List<ByteBuffer> parts, SpareParts spare, Budget.Share share) implements Encoded {
    @Override
    public boolean isAccounted() {
        return true;
    }

    @Override
    public boolean isScarce() {
        return share.isScarce();
    }

    @Override
    public void gone() {
        share.giveBack();
    }

    @Override
    public void copied() {
        for (ByteBuffer part : parts) spare.giveBack(part.array());
    }

    /// The method of the API. Its answers are of this form, or messages: those of one key are not worth the parts.
    static final MethodDescriptor<RangeRequest, Object> METHOD = KVGrpc.getRangeMethod().toBuilder(
                    KVGrpc.getRangeMethod().getRequestMarshaller(), new Marshaller())
            .build();

    private static final class Marshaller implements MethodDescriptor.Marshaller<Object> {
        @Override
        public InputStream stream(Object answer) {
            if (!(answer instanceof RangeReply reply)) {
                return ((MessageLite) answer).toByteString().newInput();
            }
            List<InputStream> all = new ArrayList<>();
            all.add(reply.own.toByteString().newInput());
            for (ByteBuffer part : reply.parts) {
                all.add(new ByteArrayInputStream(part.array(), part.arrayOffset() + part.position(), part.remaining()));
            }
            // Whoever takes it this way has it all at once, and is in this process.
            reply.gone();
            return new SequenceInputStream(Collections.enumeration(all));
        }

        @Override
        public Object parse(InputStream bytes) {
            try {
                return RangeResponse.parseFrom(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
