package io.orlop.store.door;

import io.grpc.Attributes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.orlop.store.notice.Notices;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A page or a call of the JSON gateway over HTTP/2.
final class Http2Exchange implements Exchange, OpenStream {
    private static final Notices NOTICES = new Notices(
            System.getLogger(Http2Exchange.class.getName()),
            Thread.ofPlatform().daemon().factory());

    private final GrpcConnection connection;
    private final Http2Stream stream;
    private final Http2Headers headers;
    private final Consumer<Exchange> pages;
    private final int bodyBytesMax;
    private final Kept kept;
    private final Untaken untaken = new Untaken();
    private Runnable gone = () -> {};
    private Runnable readyAgain = () -> {};
    private boolean asked;
    private boolean over;

    Http2Exchange(
            GrpcConnection connection,
            Http2Stream stream,
            Http2Headers headers,
            Consumer<Exchange> pages,
            int bodyBytesMax) {
        this.connection = connection;
        this.stream = stream;
        this.headers = headers;
        this.pages = pages;
        this.bodyBytesMax = bodyBytesMax;
        this.kept = new Kept(connection.halves(), Unpooled.EMPTY_BUFFER);
    }

    @Override
    public int data(ByteBuf bytes, boolean end) {
        int count = bytes.readableBytes();
        if (asked) return count;
        if (kept.bodyBytes() > bodyBytesMax - count) {
            refuse(413, new byte[0]);
            return count;
        }
        boolean tooMuch = kept.add(bytes, connection.context().alloc());
        if (tooMuch || end && connection.isOwedTooMuch()) refuse(TooMany.HTTP_STATUS, TooMany.page());
        else if (end) ask();
        return count;
    }

    private void ask() {
        asked = true;
        try {
            pages.accept(this);
        } finally {
            kept.drop();
        }
    }

    private void refuse(int status, byte[] why) {
        asked = true;
        kept.drop();
        answer(status, TooMany.CONTENT_TYPE, why);
    }

    @Override
    public boolean keeps(long bytes) {
        return kept.replace(bytes);
    }

    @Override
    public void forgets() {
        connection.write(kept::forget);
    }

    @Override
    public void closed() {
        kept.drop();
        kept.forget();
        if (over) return;
        over = true;
        gone.run();
    }

    @Override
    public void farewell() {
        connection.resetStream(
                connection.context(),
                stream.id(),
                io.netty.handler.codec.http2.Http2Error.CANCEL.code(),
                connection.context().newPromise());
    }

    @Override
    public String method() {
        return String.valueOf(headers.method());
    }

    @Override
    public String uri() {
        return String.valueOf(headers.path());
    }

    @Override
    public @Nullable String header(String name) {
        CharSequence value = headers.get(name);
        return value == null ? null : value.toString();
    }

    @Override
    public byte[] body() {
        return kept.body();
    }

    @Override
    public Attributes attributes() {
        return Peer.attributes(connection.context().channel());
    }

    private void head(int status, String contentType) {
        ChannelHandlerContext ctx = connection.context();
        Http2Headers answer = new DefaultHttp2Headers().status(Integer.toString(status));
        answer.set("content-type", contentType);
        connection.encoder().writeHeaders(ctx, stream.id(), answer, 0, false, ctx.newPromise());
    }

    private ChannelFuture write(byte[] bytes, boolean end) {
        ChannelHandlerContext ctx = connection.context();
        ByteBuf data = Unpooled.wrappedBuffer(bytes);
        return connection.encoder().writeData(ctx, stream.id(), data, 0, end, ctx.newPromise());
    }

    @Override
    public void answer(int status, String contentType, byte[] body) {
        if (connection.drops(body)) {
            whole(TooMany.DROPPED_HTTP_STATUS, TooMany.CONTENT_TYPE, TooMany.page(TooMany.DROPPED));
        } else {
            whole(status, contentType, body);
        }
    }

    private void whole(int status, String contentType, byte[] body) {
        counted(body.length, () -> {
            over = true;
            kept.forget();
            head(status, contentType);
            return write(method().equals("HEAD") ? new byte[0] : body, true);
        });
    }

    /// Bytes wait until they were sent, or never will be.
    private void counted(int bytes, Supplier<ChannelFuture> writing) {
        untaken.add(bytes);
        connection.waits(null, bytes);
        connection.write(() -> {
            if (over) {
                gone(bytes);
                return;
            }
            ChannelFuture sent;
            try {
                sent = writing.get();
            } catch (RuntimeException | Error e) {
                // Perhaps for want of memory. Nothing of it may be kept.
                gone(bytes);
                connection.giveUp(stream);
                NOTICES.error(uri() + " cannot be answered", e);
                return;
            }
            connection.owes(stream, connection::isShortOfRoom);
            sent.addListener(_ -> {
                connection.owesNothing(stream);
                if (gone(bytes)) readyAgain.run();
            });
        });
    }

    private boolean gone(int bytes) {
        connection.sent(null, bytes);
        return untaken.gone(bytes);
    }

    @Override
    public void begin(String contentType) {
        unlessOver(() -> head(200, contentType));
    }

    @Override
    public void part(byte[] bytes) {
        counted(bytes.length, () -> write(bytes, false));
    }

    @Override
    public boolean ready() {
        return untaken.isReady(connection::isShortOfRoom);
    }

    @Override
    public void whenReady(Runnable action) {
        connection.write(() -> readyAgain = action);
    }

    @Override
    public void end() {
        unlessOver(() -> {
            over = true;
            write(new byte[0], true);
        });
    }

    @Override
    public void whenGone(Runnable action) {
        connection.write(() -> {
            gone = action;
            if (over) action.run();
        });
    }

    private void unlessOver(Runnable action) {
        connection.write(() -> {
            if (!over) action.run();
        });
    }
}
