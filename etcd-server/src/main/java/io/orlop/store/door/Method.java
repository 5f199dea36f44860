package io.orlop.store.door;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.orlop.store.measure.Histogram;
import java.io.ByteArrayInputStream;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// One method of a service, and how often it was called.
///
/// @param <Q> requests
/// @param <R> answers
public final class Method<Q, R> {
    private final ServerMethodDefinition<Q, R> definition;
    private final @Nullable MessageLite requestPrototype;
    private final @Nullable Histogram seconds;
    private final LongAdder started = new LongAdder();
    private final LongAdder messagesReceived = new LongAdder();
    private final LongAdder messagesSent = new LongAdder();
    private final LongAdder bytesReceived = new LongAdder();
    private final LongAdder bytesSent = new LongAdder();
    private final AtomicLongArray ended = new AtomicLongArray(Status.Code.values().length);

    Method(ServerMethodDefinition<Q, R> definition, boolean timed) {
        this.definition = definition;
        this.seconds = timed ? Histogram.of(.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10) : null;
        this.requestPrototype = prototype(descriptor().getRequestMarshaller());
    }

    private static @Nullable MessageLite prototype(MethodDescriptor.Marshaller<?> marshaller) {
        return marshaller instanceof MethodDescriptor.PrototypeMarshaller<?> known
                        && known.getMessagePrototype() instanceof MessageLite message
                ? message
                : null;
    }

    public MethodDescriptor<Q, R> descriptor() {
        return definition.getMethodDescriptor();
    }

    /// `package.Service/Method`
    public String name() {
        return descriptor().getFullMethodName();
    }

    /// An empty request; null if requests are not messages of protobuf.
    public @Nullable MessageLite requestPrototype() {
        return requestPrototype;
    }

    /// Keys and values of the request are parts of these bytes, which must not change.
    ///
    /// @throws InvalidProtocolBufferException if the bytes are no request
    @SuppressWarnings("unchecked")
    public Q parse(byte[] bytes) throws InvalidProtocolBufferException {
        if (requestPrototype == null) return descriptor().parseRequest(new ByteArrayInputStream(bytes));
        CodedInputStream in = UnsafeByteOperations.unsafeWrap(bytes).newCodedInput();
        in.enableAliasing(true);
        MessageLite request = requestPrototype.getParserForType().parseFrom(in);
        in.checkLastTagWas(0);
        return (Q) request;
    }

    /// Begins a call.
    public ServerCall.Listener<Q> start(ServerCall<Q, R> call, Metadata headers) {
        started.increment();
        return definition.getServerCallHandler().startCall(call, headers);
    }

    /// Whoever began a call says how it ended.
    ///
    /// @param begunNanos when it began, by this [#clock]
    public void ended(Status.Code code, long begunNanos) {
        ended.incrementAndGet(code.value());
        Histogram times = seconds;
        if (times != null) times.add((System.nanoTime() - begunNanos) / 1e9);
    }

    /// Stands still unless calls are timed.
    public long clock() {
        return seconds == null ? 0 : System.nanoTime();
    }

    /// Null unless calls are timed.
    public @Nullable Histogram seconds() {
        return seconds;
    }

    /// A request came, or one of many.
    public void received(int bytes) {
        messagesReceived.increment();
        bytesReceived.add(bytes);
    }

    /// An answer goes out, or one of many.
    public void sent(int bytes) {
        messagesSent.increment();
        bytesSent.add(bytes);
    }

    public long messagesReceived() {
        return messagesReceived.sum();
    }

    public long messagesSent() {
        return messagesSent.sum();
    }

    /// Of messages, without what is around them on the wire.
    public long bytesReceived() {
        return bytesReceived.sum();
    }

    public long bytesSent() {
        return bytesSent.sum();
    }

    public long started() {
        return started.sum();
    }

    public long count(Status.Code code) {
        return ended.get(code.value());
    }
}
