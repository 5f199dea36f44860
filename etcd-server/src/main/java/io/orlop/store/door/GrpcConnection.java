package io.orlop.store.door;

import com.google.protobuf.MessageLite;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.concurrent.FastThreadLocal;
import io.orlop.store.notice.Notices;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A connection that speaks HTTP/2: gives each stream to a call, or to a page.
///
/// Answers come from the threads of the engine. They wait in one queue, and the first of them wakes the connection's
/// thread, which writes all that is there and flushes once: a group commit of a hundred puts is one wake-up and one
/// `writev`.
final class GrpcConnection extends Http2ConnectionHandler {
    private static final int STREAM_WINDOW_BYTES = 1 << 20;
    private static final int WINDOW_BYTES = 4 << 20;
    /// Answers may wait for a client that does not read, up to so many bytes; then it is not asked what else it wants.
    private static final long UNSENT_BYTES_MAX = 64L << 20;

    /// Where those of all clients together are too many, so many are enough.
    private static final long UNSENT_BYTES_FEW = 64L << 10;

    private static final int HEADERS_BYTES_MAX = 64 << 10;
    /// Calls that are given up are nothing unusual; a flood of them is.
    private static final int RESETS_MAX = 10_000;

    private static final int RESETS_SECONDS = 30;

    /// What a call that is refused takes until its client knows.
    private static final int REFUSAL_BYTES = 1 << 10;

    /// So many of them may be unknown to a client that does not read.
    private static final int REFUSALS_MAX = 10_000;

    /// Where answers to all clients together are too many, so many are enough.
    private static final int REFUSALS_FEW = 100;
    private static final long FAREWELL_MS = 1_500;

    private static final Notices NOTICES = new Notices(
            System.getLogger(GrpcConnection.class.getName()),
            Thread.ofPlatform().daemon().factory());

    /// Whose bytes this thread of the door is reading.
    static final FastThreadLocal<GrpcConnection> READING = new FastThreadLocal<>();

    private final Served served;
    private final Lane lane;
    private final Room room;
    private final Guest guest;
    private final Debts debts;
    private final Pings pings;
    private final StreamLimit streams;
    private final WholeAnswers answers = new WholeAnswers(this);
    private final Http2Connection.PropertyKey streamKey;
    private final Queue<Runnable> handedOver = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean woken = new AtomicBoolean();
    private @Nullable ChannelHandlerContext context;
    private boolean reading;
    private boolean saidGoodbye;
    private final Halves halves;
    private final AtomicLong unsentBytes = new AtomicLong();
    private final Set<GrpcCall<?, ?>> withheld = new LinkedHashSet<>();

    /// Calls that go on for long, and hear something now and then.
    private int conversations;

    /// Calls whose clients were not told yet that they are refused.
    private int refusals;

    /// The client wants another size of HPACK's table, and was not told yet that it is so.
    private boolean tableChanged;

    private GrpcConnection(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            Served served,
            DoorOptions options,
            Lane lane,
            Room room,
            Guest guest,
            Debts debts,
            Spoken spoken) {
        super(decoder, encoder, settings);
        this.debts = debts;
        this.guest = guest;
        this.room = room;
        this.halves = new Halves(room.halves());
        this.served = served;
        this.lane = lane;
        this.pings = new Pings(options, this, spoken);
        this.streams = new StreamLimit(options.streamsMax());
        streamKey = encoder.connection().newKey();
        encoder.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamActive(Http2Stream stream) {
                if (guest.doing() != Guest.Doing.IS_SERVED) guest.does(Guest.Doing.IS_SERVED);
            }

            @Override
            public void onStreamClosed(Http2Stream stream) {
                if (connection().numActiveStreams() == 0) guest.does(Guest.Doing.STAYS);
                OpenStream open = stream.removeProperty(streamKey);
                if (open == null) return;
                if (!(open instanceof Refused)) room.hangsUp();
                open.closed();
            }
        });
    }

    static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<GrpcConnection, Builder> {
        private final Served served;
        private final DoorOptions options;
        private final Lane lane;
        private final Room room;
        private final Guest guest;
        private final Debts debts;
        private final Spoken spoken;

        Builder(Served served, DoorOptions options, Lane lane, Room room, Guest guest) {
            this.guest = guest;
            this.room = room;
            this.served = served;
            this.options = options;
            this.lane = lane;
            Http2Connection connection = new DefaultHttp2Connection(true);
            // Streams have no priorities in gRPC, and need not be weighed.
            debts = new Debts(options.patience());
            spoken = new Spoken(connection, debts);
            connection.remote().flowController(new DefaultHttp2RemoteFlowController(connection, spoken));
            connection(connection);
            initialSettings(Http2Settings.defaultSettings()
                    .initialWindowSize(STREAM_WINDOW_BYTES)
                    .maxConcurrentStreams(options.streamsMax())
                    .maxHeaderListSize(HEADERS_BYTES_MAX));
            decoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS);
            // A stream that is refused before its client has said all is reset: the usual 200 are not too many.
            encoderEnforceMaxRstFramesPerWindow(RESETS_MAX, RESETS_SECONDS);
            gracefulShutdownTimeoutMillis(FAREWELL_MS);
        }

        @Override
        protected GrpcConnection build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            GrpcConnection connection =
                    new GrpcConnection(decoder, encoder, settings, served, options, lane, room, guest, debts, spoken);
            frameListener(connection.new Frames());
            return connection;
        }

        @Override
        protected GrpcConnection build() {
            return super.build();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
        context = ctx;
        super.handlerAdded(ctx);
        Http2Stream whole = connection().connectionStream();
        decoder().flowController().incrementWindowSize(whole, WINDOW_BYTES - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
        pings.begin();
    }

    ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) throw new IllegalStateException("not yet in a pipeline");
        return ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        reading = true;
        READING.set(this);
        try {
            super.channelRead(ctx, message);
        } finally {
            READING.remove();
        }
    }

    /// Whether the call that is read is all there is to do for this thread: no other connection, no other call that
    /// wants an answer, no word more from the client. Then it may do something else until it has [#comeBack].
    boolean leave() {
        return actualReadableBytes() == 0
                && handedOver.isEmpty()
                && connection().numActiveStreams() - conversations <= 1
                && lane.leave();
    }

    void comeBack() {
        lane.comeBack();
    }

    Halves halves() {
        return halves;
    }

    /// Bytes of half a message came, or the other half.
    ///
    /// @return whether there are too many
    boolean keepsTooMuch(long more) {
        return halves.keepTooMuch(more);
    }

    /// @param more 1 if one begins, -1 if one ends
    void conversations(int more) {
        conversations += more;
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
        reading = false;
        runAll();
        super.channelReadComplete(ctx);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        reading = false;
        pings.end();
        super.channelInactive(ctx);
        runAll();
        answers.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
        // A client that vanishes is nobody's fault here.
        if (cause instanceof IOException) ctx.close();
        else super.exceptionCaught(ctx, cause);
    }

    /// Has the connection's thread do this, in the order in which it was asked; what is written is flushed. While it
    /// reads, that is when it has read: only then the codec knows that a request has ended.
    void write(Runnable action) {
        ChannelHandlerContext ctx = context();
        handedOver.add(action);
        if (reading && ctx.executor().inEventLoop()) return;
        if (!woken.get() && woken.compareAndSet(false, true)) ctx.executor().execute(this::drain);
    }

    private void drain() {
        woken.set(false);
        runAll();
        flush(context());
    }

    private void runAll() {
        Runnable action;
        while ((action = handedOver.poll()) != null) {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                // Nobody knows what was not done; those behind it have nothing to do with it.
                NOTICES.error("a connection is given up", e);
                context().channel().close();
            }
        }
    }

    @Override
    public void flush(ChannelHandlerContext ctx) {
        answers.show(ctx);
        super.flush(ctx);
    }

    /// Answers a call and ends it, if that is possible in one piece and at once.
    ///
    /// @param parts what continues the message
    boolean answer(Http2Stream stream, MessageLite answer, List<ByteBuffer> parts) {
        if (tableChanged) {
            // The codec says so before the next header fields.
            tableChanged = false;
            return false;
        }
        if (!answers.take(stream, answer, parts)) return false;
        pings.spoke();
        return true;
    }

    /// An answer waits, until it is [#sent]. Known from any thread.
    ///
    /// @param answer maybe null
    void waits(@Nullable Object answer, int bytes) {
        unsentBytes.addAndGet(bytes);
        if (counts(answer)) room.unsent().take(bytes);
    }

    private static boolean counts(@Nullable Object answer) {
        return !(answer instanceof Encoded encoded && encoded.isAccounted());
    }

    /// Whether an answer that is there already cannot be kept, since its client takes none and all clients' are far too
    /// many: it asked for them before that was so.
    boolean drops(@Nullable Object answer) {
        return answer != null
                && counts(answer)
                && isOwedTooMuch()
                && room.unsent().isFilledTo(2);
    }

    void sent(@Nullable Object answer, int bytes) {
        unsentBytes.addAndGet(-bytes);
        if (counts(answer)) room.unsent().giveBack(bytes);
        if (withheld.isEmpty() || isOwedTooMuch() || !context().channel().isActive()) return;
        List<GrpcCall<?, ?>> waiting = List.copyOf(withheld);
        withheld.clear();
        for (GrpcCall<?, ?> call : waiting) call.goOn();
    }

    /// Whether so much waits for the client that this call of his has to wait, too. It is told when it may go on.
    boolean withholds(GrpcCall<?, ?> call) {
        if (!isOwedTooMuch()) return false;
        withheld.add(call);
        return true;
    }

    /// Whether so much waits for the client that it should take some of it before it asks for more.
    boolean isOwedTooMuch() {
        long unsent = unsentBytes.get();
        return unsent >= UNSENT_BYTES_MAX || unsent >= UNSENT_BYTES_FEW && isShortOfRoom();
    }

    /// Whether answers to all connections together wait that are too many.
    boolean isShortOfRoom() {
        return room.unsent().isFilledTo(1);
    }

    void forget(GrpcCall<?, ?> call) {
        withheld.remove(call);
    }

    boolean saidGoodbye() {
        return saidGoodbye;
    }

    /// Ends streams, lets single calls finish, and hangs up.
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) throws Exception {
        if (!saidGoodbye) {
            saidGoodbye = true;
            connection().forEachActiveStream(stream -> {
                OpenStream open = stream.getProperty(streamKey);
                if (open != null) open.farewell();
                return true;
            });
            drain();
        }
        super.close(ctx, promise);
    }

    /// Sends a client away that does not behave.
    void sendAway(String why) {
        ByteBuf reason = Unpooled.copiedBuffer(why, StandardCharsets.US_ASCII);
        goAway(
                context(),
                connection().remote().lastStreamCreated(),
                Http2Error.ENHANCE_YOUR_CALM.code(),
                reason,
                context().newPromise());
        context().flush();
        context().channel().close();
    }

    /// Ends a stream. If its other half is still open, the client is told that it need not say more.
    ///
    /// @return when the client was told
    ChannelFuture end(Http2Stream stream, Http2Headers headers) {
        pings.spoke();
        ChannelHandlerContext ctx = context();
        boolean clientIsDone = stream.state() == Http2Stream.State.HALF_CLOSED_REMOTE;
        var written = encoder().writeHeaders(ctx, stream.id(), headers, 0, true, ctx.newPromise());
        if (clientIsDone) return written;
        written.addListener(_ -> {
            if (stream.state() == Http2Stream.State.HALF_CLOSED_LOCAL) {
                resetStream(ctx, stream.id(), Http2Error.NO_ERROR.code(), ctx.newPromise());
                ctx.flush();
            }
        });
        return written;
    }

    /// Ends a stream of which nobody knows any more what its client was told.
    void giveUp(Http2Stream stream) {
        ChannelHandlerContext ctx = context();
        resetStream(ctx, stream.id(), Http2Error.INTERNAL_ERROR.code(), ctx.newPromise());
        flush(ctx);
    }

    private OpenStream refuse(Http2Stream stream, Status status) {
        if (isDeaf()) tellNow();
        Http2Headers ending = GrpcHeaders.ending(status, new Metadata(), true);
        refusals++;
        room.unsent().take(REFUSAL_BYTES);
        write(() -> end(stream, ending).addListener(_ -> {
            refusals--;
            room.unsent().giveBack(REFUSAL_BYTES);
        }));
        if (isDeaf()) sendAway("too_many_refusals");
        return new Refused();
    }

    private boolean isDeaf() {
        return refusals > REFUSALS_MAX || refusals > REFUSALS_FEW && isShortOfRoom();
    }

    /// Not only when all is read that came at once: it may be that many calls.
    private void tellNow() {
        runAll();
        flush(context());
    }

    /// An answer goes out, or a part of one, that others may have to wait for. It ends with [#owesNothing].
    void owes(Http2Stream stream, BooleanSupplier isScarce) {
        debts.begins(context(), stream, isScarce, () -> takeBack(stream));
    }

    private void takeBack(Http2Stream stream) {
        ChannelHandlerContext ctx = context();
        resetStream(ctx, stream.id(), Http2Error.ENHANCE_YOUR_CALM.code(), ctx.newPromise());
        flush(ctx);
    }

    void owesNothing(Http2Stream stream) {
        debts.ends(stream);
    }

    Pings pings() {
        return pings;
    }

    private final class Frames extends Http2FrameAdapter {
        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int id,
                Http2Headers headers,
                int dependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean end)
                throws Http2Exception {
            onHeadersRead(ctx, id, headers, padding, end);
        }

        @Override
        public void onHeadersRead(ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
                throws Http2Exception {
            Http2Stream stream = connection().stream(id);
            OpenStream open = stream.getProperty(streamKey);
            if (open == null) {
                if (streams.isExceeded(connection().numActiveStreams())) {
                    turnAway(stream);
                    return;
                }
                open = begin(stream, headers);
                stream.setProperty(streamKey, open);
                if (open instanceof GrpcCall<?, ?> call) call.start(headers);
            }
            if (end) open.data(Unpooled.EMPTY_BUFFER, true);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            int bytes = data.readableBytes();
            OpenStream open = connection().stream(id).getProperty(streamKey);
            if (open == null) return bytes + padding;
            return open.data(data, end) + padding;
        }

        @Override
        public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
            tableChanged |= settings.headerTableSize() != null;
            if (guest.doing() == Guest.Doing.GREETS) guest.does(Guest.Doing.STAYS);
        }

        @Override
        public void onSettingsAckRead(ChannelHandlerContext ctx) {
            // The client was told how many it may have; whether it keeps to that is looked at here.
            connection().remote().maxActiveStreams(Integer.MAX_VALUE);
        }

        @Override
        public void onPingRead(ChannelHandlerContext ctx, long data) {
            pings.asked(connection().numActiveStreams() > 0);
        }

        @Override
        public void onPingAckRead(ChannelHandlerContext ctx, long data) {
            pings.answered();
        }
    }

    /// It is one too many. Over at once, so that the codec has no word for each frame that comes after it.
    private void turnAway(Http2Stream stream) {
        ChannelHandlerContext ctx = context();
        resetStream(ctx, stream.id(), Http2Error.REFUSED_STREAM.code(), ctx.newPromise());
        stream.close();
    }

    /// What was under way for a stream that is over needs no answer.
    @Override
    protected void onStreamError(
            ChannelHandlerContext ctx, boolean outbound, Throwable cause, Http2Exception.StreamException error) {
        boolean late =
                !outbound && error.error() == Http2Error.STREAM_CLOSED && connection().stream(error.streamId()) == null;
        if (!late) super.onStreamError(ctx, outbound, cause, error);
        else if (streams.lateTooOften(ctx.executor().ticker().nanoTime())) sendAway("too_many_late_frames");
    }

    private OpenStream begin(Http2Stream stream, Http2Headers headers) {
        CharSequence type = headers.get("content-type");
        boolean grpc = type != null && type.toString().startsWith("application/grpc");
        if (!grpc && !room.calls(others())) return refuse(stream, TooMany.STATUS);
        if (!grpc) return new Http2Exchange(this, stream, headers, served.pages(), served.bodyBytesMax());
        Status malformed = GrpcHeaders.malformedTimeout(headers);
        if (malformed != null) return refuse(stream, malformed);
        CharSequence path = headers.path();
        Method<?, ?> method = path == null ? null : served.methods().at(path);
        if (method == null) return refuse(stream, unknown(path));
        return room.calls(others()) ? call(stream, method) : refuse(stream, TooMany.STATUS);
    }

    /// Calls that were there before the one that begins.
    private int others() {
        return connection().numActiveStreams() - 1;
    }

    private <Q, R> GrpcCall<Q, R> call(Http2Stream stream, Method<Q, R> method) {
        return new GrpcCall<>(this, stream, method, served.messageBytesMax());
    }

    private Status unknown(@Nullable CharSequence path) {
        String text = path == null ? "" : path.toString();
        int slash = text.lastIndexOf('/');
        if (slash <= 0)
            return Status.UNIMPLEMENTED.withDescription("malformed method name: \"" + GrpcHeaders.cut(text) + "\"");
        String service = text.substring(1, slash);
        return Status.UNIMPLEMENTED.withDescription(
                served.methods().hasService(service)
                        ? "unknown method " + GrpcHeaders.cut(text.substring(slash + 1)) + " for service " + service
                        : "unknown service " + GrpcHeaders.cut(service));
    }

    /// A call of something that there is not, or that makes no sense.
    private record Refused() implements OpenStream {
        @Override
        public int data(ByteBuf bytes, boolean end) {
            return bytes.readableBytes();
        }

        @Override
        public void closed() {}

        @Override
        public void farewell() {}
    }
}
