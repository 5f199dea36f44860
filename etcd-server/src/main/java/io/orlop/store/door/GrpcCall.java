package io.orlop.store.door;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.ScheduledFuture;
import io.orlop.store.notice.Notices;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One call over HTTP/2. Services see what they see of grpc-java's own transports.
///
/// ```
///   HEADERS ─► start        DATA ─► │ flag │ length │ message │ ─► onMessage      END_STREAM ─► onHalfClose
///   HEADERS ◄─ sendHeaders  DATA ◄─ sendMessage                 HEADERS, END_STREAM ◄─ close
/// ```
/// A call that is answered once sends its three frames together when it is closed.
///
/// @param <Q> requests
/// @param <R> answers
final class GrpcCall<Q, R> extends ServerCall<Q, R> implements OpenStream {
    private static final int HEAD_BYTES = 5;
    /// So many bytes that are encoded already are not copied again.
    private static final int APART_BYTES_MIN = 8 << 10;

    private static final Notices NOTICES = new Notices(
            System.getLogger(GrpcCall.class.getName()),
            Thread.ofPlatform().daemon().factory());

    private final GrpcConnection connection;
    private final Http2Stream stream;
    private final Method<Q, R> method;
    private long begunNanos;
    private final int messageBytesMax;
    private final Untaken untaken = new Untaken();
    private volatile boolean cancelled;
    private volatile boolean closed;
    private @Nullable Metadata headers;
    private @Nullable R onlyAnswer;

    // All below is the connection's thread's.
    private ServerCall.@Nullable Listener<Q> listener;
    private @Nullable ByteBuf received;
    private @Nullable String encoding;
    private @Nullable ScheduledFuture<?> deadline;
    private int wanted;
    private int withheldBytes;
    private int keptBytes;
    private boolean delivering;
    private boolean requestEnded;
    private boolean requestEndTold;
    private boolean began;
    private boolean ended;

    GrpcCall(GrpcConnection connection, Http2Stream stream, Method<Q, R> method, int messageBytesMax) {
        this.connection = connection;
        this.stream = stream;
        this.method = method;
        this.messageBytesMax = messageBytesMax;
    }

    void start(Http2Headers fields) {
        CharSequence compression = fields.get("grpc-encoding");
        encoding = compression == null ? null : compression.toString();
        if (!single()) connection.conversations(1);
        guarded(() -> {
            begunNanos = method.clock();
            listener = method.start(this, GrpcHeaders.metadata(fields));
            if (!single()) listener.onReady();
        });
        long timeoutNanos = GrpcHeaders.timeoutNanos(fields);
        if (timeoutNanos > 0 && !ended) {
            deadline = connection
                    .context()
                    .executor()
                    .schedule(
                            () -> fail(Status.DEADLINE_EXCEEDED.withDescription("context deadline exceeded")),
                            timeoutNanos,
                            TimeUnit.NANOSECONDS);
        }
    }

    private boolean single() {
        return method.descriptor().getType().serverSendsOneMessage();
    }

    @Override
    public int data(ByteBuf bytes, boolean end) {
        connection.pings().heard();
        int count = bytes.readableBytes();
        if (closed) return count;
        requestEnded |= end;
        if (received == null && count > 0) deliver(bytes);
        if (closed) return count;
        if (bytes.isReadable()) {
            if (received == null) received = connection.context().alloc().buffer(bytes.readableBytes());
            received.writeBytes(bytes);
        }
        deliverReceived();
        if (keepsTooMuch()) {
            fail(TooMany.STATUS);
            return count;
        }
        // Whole messages that nobody asked for wait, and the client with them.
        if (closed || received == null || !wholeMessage(received)) return count;
        withheldBytes += count;
        return 0;
    }

    private boolean keepsTooMuch() {
        int now = received == null ? 0 : received.readableBytes();
        int more = now - keptBytes;
        keptBytes = now;
        return connection.keepsTooMuch(more) && !closed;
    }

    private boolean wholeMessage(ByteBuf bytes) {
        return bytes.readableBytes() >= HEAD_BYTES
                && bytes.readableBytes() - HEAD_BYTES >= bytes.getInt(bytes.readerIndex() + 1);
    }

    private void deliverReceived() {
        ByteBuf bytes = received;
        if (bytes != null) {
            deliver(bytes);
            if (!bytes.isReadable() && received == bytes) {
                received = null;
                bytes.release();
            } else if (received == bytes) {
                bytes.discardSomeReadBytes();
            }
        }
        if (requestEnded && !requestEndTold && !closed && (received == null || !wholeMessage(received))) {
            requestEndTold = true;
            ServerCall.Listener<Q> listening = listener;
            if (listening != null) guarded(listening::onHalfClose);
        }
    }

    private void deliver(ByteBuf bytes) {
        if (delivering) return;
        delivering = true;
        try {
            while (!closed && bytes.readableBytes() >= HEAD_BYTES) {
                boolean compressed = bytes.getByte(bytes.readerIndex()) != 0;
                int length = bytes.getInt(bytes.readerIndex() + 1);
                if (compressed || length < 0 || length > messageBytesMax) {
                    fail(unreadable(compressed, Integer.toUnsignedLong(length)), GrpcHeaders.readable());
                    return;
                }
                if (wanted == 0 || bytes.readableBytes() - HEAD_BYTES < length) return;
                // Who does not read what he is told is not listened to.
                if (connection.withholds(this) || !single() && untaken.tooMuch()) return;
                byte[] message = new byte[length];
                bytes.skipBytes(HEAD_BYTES).readBytes(message);
                wanted--;
                method.received(length);
                receive(message);
            }
        } finally {
            delivering = false;
        }
    }

    private Status unreadable(boolean compressed, long length) {
        if (!compressed) {
            return Status.RESOURCE_EXHAUSTED.withDescription(
                    "grpc: received message larger than max (" + length + " vs. " + messageBytesMax + ")");
        }
        return encoding == null || encoding.equals("identity")
                ? Status.INTERNAL.withDescription("grpc: compressed flag set with identity or empty encoding")
                : Status.UNIMPLEMENTED.withDescription(
                        "grpc: Decompressor is not installed for grpc-encoding \"" + GrpcHeaders.cut(encoding) + "\"");
    }

    private void receive(byte[] message) {
        ServerCall.Listener<Q> listening = listener;
        if (listening == null) return;
        Q request;
        try {
            request = method.parse(message);
        } catch (InvalidProtocolBufferException e) {
            fail(Status.INTERNAL.withDescription("grpc: error unmarshalling request: " + e.getMessage()));
            return;
        } catch (StatusRuntimeException e) {
            fail(e.getStatus());
            return;
        }
        guarded(() -> listening.onMessage(request));
    }

    private void guarded(Runnable service) {
        try {
            service.run();
        } catch (StatusRuntimeException e) {
            fail(e.getStatus());
        } catch (RuntimeException e) {
            NOTICES.error(method.name() + " failed", e);
            fail(Status.UNKNOWN.withDescription("etcdserver: " + e));
        }
    }

    /// Ends the call for the service as well as for the client.
    private void fail(Status status) {
        fail(status, new Metadata());
    }

    private void fail(Status status, Metadata trailers) {
        if (ended) return;
        closed = true;
        cancelled = true;
        writeEnd(status, trailers);
        connection.flush(connection.context());
        tellCancelled();
    }

    private void tellCancelled() {
        ServerCall.Listener<Q> listening = listener;
        if (listening != null) guarded(listening::onCancel);
    }

    @Override
    public void closed() {
        if (!single()) connection.conversations(-1);
        if (deadline != null) deadline.cancel(false);
        if (received != null) received.release();
        received = null;
        keepsTooMuch();
        connection.forget(this);
        if (ended) return;
        ended = true;
        cancelled = true;
        closed = true;
        method.ended(Status.Code.CANCELLED, begunNanos);
        tellCancelled();
    }

    @Override
    public void farewell() {
        if (!single()) fail(Status.UNAVAILABLE.withDescription("etcdserver: server stopped"));
    }

    @Override
    public void request(int messages) {
        if (!connection.context().executor().inEventLoop()) {
            connection.context().executor().execute(() -> request(messages));
            return;
        }
        wanted += messages;
        goOn();
    }

    /// There may be room for what was withheld.
    void goOn() {
        if (delivering || closed || received == null) return;
        deliverReceived();
        if (withheldBytes > 0 && (received == null || !wholeMessage(received))) {
            int bytes = withheldBytes;
            withheldBytes = 0;
            giveBack(bytes);
        }
    }

    private void giveBack(int bytes) {
        try {
            if (connection.decoder().flowController().consumeBytes(stream, bytes))
                connection.flush(connection.context());
        } catch (Http2Exception e) {
            throw new IllegalStateException("more given back than was taken", e);
        }
    }

    @Override
    public void sendHeaders(Metadata metadata) {
        headers = metadata;
    }

    @Override
    public void sendMessage(R answer) {
        if (single()) {
            onlyAnswer = answer;
            return;
        }
        int bytes = Encoded.sizeOf(answer);
        untaken.add(bytes);
        connection.waits(answer, bytes);
        connection.write(() -> writeMessage(answer, bytes));
    }

    @Override
    public boolean isReady() {
        return !closed && untaken.isReady(connection::isShortOfRoom);
    }

    @Override
    public void close(Status status, Metadata trailers) {
        if (closed) {
            Encoded.gone(onlyAnswer);
            return;
        }
        closed = true;
        boolean drops = connection.drops(onlyAnswer);
        R answer = status.isOk() && !drops ? onlyAnswer : null;
        if (answer == null) Encoded.gone(onlyAnswer);
        Status end = drops ? TooMany.DROPPED : status;
        int bytes = Encoded.sizeOf(answer);
        connection.waits(answer, bytes);
        connection.write(() -> {
            writeLast(answer, bytes, end, trailers);
            ServerCall.Listener<Q> listening = listener;
            if (listening != null && !cancelled) guarded(listening::onComplete);
        });
    }

    private void writeLast(@Nullable R answer, int bytes, Status end, Metadata trailers) {
        boolean whole;
        try {
            whole = answerWhole(answer, bytes, trailers);
        } catch (RuntimeException | Error e) {
            giveUp(answer, bytes, e);
            return;
        }
        if (whole) {
            connection.sent(answer, bytes);
            Encoded.gone(answer);
        } else {
            if (answer != null) writeMessage(answer, bytes);
            writeEnd(end, trailers);
        }
    }

    /// An answer cannot be written, perhaps for want of memory. Nothing of it may be kept.
    private void giveUp(@Nullable R answer, int bytes, Throwable why) {
        ended = true;
        closed = true;
        cancelled = true;
        connection.giveUp(stream);
        method.ended(Status.Code.INTERNAL, begunNanos);
        connection.sent(answer, bytes);
        Encoded.gone(answer);
        NOTICES.error(method.name() + " cannot be answered", why);
        tellCancelled();
    }

    private boolean answerWhole(@Nullable R answer, int bytes, Metadata trailers) {
        if (ended || began) return false;
        if (!GrpcHeaders.isEmpty(headers) || !GrpcHeaders.isEmpty(trailers)) return false;
        // Whoever closes the stream must find the call ended.
        ended = true;
        boolean taken =
                switch (answer) {
                    case MessageLite message -> connection.answer(stream, message, List.of());
                    case Encoded encoded -> connection.answer(stream, encoded.own(), encoded.parts());
                    case null, default -> false;
                };
        ended = taken;
        if (taken) {
            method.sent(bytes);
            method.ended(Status.Code.OK, begunNanos);
            if (answer instanceof Encoded encoded) encoded.copied();
        }
        return taken;
    }

    /// @param bytes of the answer, of which the connection knows
    private void writeMessage(R answer, int bytes) {
        if (ended) {
            connection.sent(answer, bytes);
            Encoded.gone(answer);
            return;
        }
        ByteBuf encoded;
        try {
            encoded = encode(answer);
        } catch (RuntimeException | Error e) {
            giveUp(answer, bytes, e);
            return;
        }
        ChannelHandlerContext ctx = connection.context();
        begin();
        var sent = connection.encoder().writeData(ctx, stream.id(), encoded, 0, false, ctx.newPromise());
        method.sent(bytes);
        boolean owed = answer instanceof Encoded part && part.isAccounted() && !sent.isDone();
        if (owed) connection.owes(stream, ((Encoded) answer)::isScarce);
        sent.addListener(outcome -> {
            if (owed) connection.owesNothing(stream);
            connection.sent(answer, bytes);
            Encoded.gone(answer);
            if (outcome.isSuccess() && !single()) sent(bytes);
        });
    }

    private void sent(int bytes) {
        if (!untaken.gone(bytes) || closed) return;
        ServerCall.Listener<Q> listening = listener;
        if (listening != null) guarded(listening::onReady);
        goOn();
    }

    private void begin() {
        if (began) return;
        began = true;
        ChannelHandlerContext ctx = connection.context();
        connection.encoder().writeHeaders(ctx, stream.id(), GrpcHeaders.beginning(headers), 0, false, ctx.newPromise());
    }

    private void writeEnd(Status status, Metadata trailers) {
        if (ended) return;
        ended = true;
        method.ended(status.getCode(), begunNanos);
        connection.end(stream, GrpcHeaders.ending(status, trailers, !began));
    }

    private ByteBuf encode(R answer) {
        List<ByteBuffer> parts = answer instanceof Encoded encoded ? encoded.parts() : List.of();
        int size = Encoded.sizeOf(answer);
        int partsBytes =
                answer instanceof Encoded encoded ? size - encoded.own().getSerializedSize() : 0;
        boolean apart = partsBytes >= APART_BYTES_MIN;
        ByteBuf out = connection.context().alloc().ioBuffer(HEAD_BYTES + size - (apart ? partsBytes : 0));
        try {
            out.writeByte(0);
            switch (answer) {
                case MessageLite message -> WholeAnswers.write(out.writeInt(size), message, size);
                case Encoded encoded -> {
                    WholeAnswers.write(out.writeInt(size), encoded.own(), size - partsBytes);
                    if (!apart) for (ByteBuffer part : parts) out.writeBytes(part.duplicate());
                }
                default -> {
                    try (InputStream bytes = method.descriptor().streamResponse(answer)) {
                        byte[] all = bytes.readAllBytes();
                        out.writeInt(all.length).writeBytes(all);
                    }
                }
            }
            return apart ? followedBy(out, parts) : out;
        } catch (IOException e) {
            out.release();
            throw new UncheckedIOException(e);
        } catch (RuntimeException | Error e) {
            out.release();
            throw e;
        }
    }

    private static ByteBuf followedBy(ByteBuf head, List<ByteBuffer> parts) {
        ByteBuf[] all = new ByteBuf[1 + parts.size()];
        all[0] = head;
        for (int i = 1; i < all.length; i++) all[i] = Unpooled.wrappedBuffer(parts.get(i - 1));
        return Unpooled.wrappedBuffer(all.length, all);
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public Attributes getAttributes() {
        return Peer.attributes(connection.context().channel());
    }

    @Override
    public MethodDescriptor<Q, R> getMethodDescriptor() {
        return method.descriptor();
    }
}
