package io.orlop.store.door;

import io.grpc.Attributes;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import io.orlop.store.engine.Budget;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1: one request after the other, also if the client does not wait for answers. While one waits for its turn,
/// what comes after it is not read; those that came with it, in one piece, wait too.
final class Http1Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int WAITING_MAX = 100;

    /// Answers go out in pieces of this size. One that is a single piece is kept in any case: a connection has one at a
    /// time.
    private static final int PIECE_BYTES = 64 << 10;

    private final Consumer<Exchange> pages;
    private final Deque<One> waiting = new ArrayDeque<>();
    private final Halves halves;
    private final Budget allUnsent;
    private final Debts debts;

    /// @param halves among which bodies are counted already, until their requests are served
    /// @param unsent what waits for all clients together
    /// @param debts answers that this one does not take
    Http1Connection(Consumer<Exchange> pages, Halves halves, Budget unsent, Debts debts) {
        this.debts = debts;
        this.allUnsent = unsent;
        this.pages = pages;
        this.halves = halves;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure() || waiting.size() > WAITING_MAX) {
            halves.keepTooMuch(-request.content().readableBytes());
            ctx.writeAndFlush(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.BAD_REQUEST))
                    .addListener(_ -> ctx.close());
            return;
        }
        One one = new One(ctx, request);
        waiting.add(one);
        if (waiting.size() == 1) serve(one);
        else ctx.channel().config().setAutoRead(false);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        for (One one : waiting) {
            one.kept.drop();
            one.kept.forget();
            one.gone.run();
        }
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /// Who does not read the answer is not asked what else it wants: answers would pile up.
    private void answered(ChannelHandlerContext ctx, Future<?> sent) {
        if (!sent.isSuccess()) ctx.close();
        if (!ctx.channel().isActive()) return;
        One before = waiting.poll();
        if (before != null) before.kept.forget();
        One next = waiting.peek();
        if (next != null) serve(next);
        if (waiting.size() <= 1) ctx.channel().config().setAutoRead(true);
    }

    private void serve(One one) {
        try {
            pages.accept(one);
        } catch (RuntimeException | Error e) {
            one.ctx.close();
            throw e;
        } finally {
            one.kept.drop();
        }
    }

    private final class One implements Exchange {
        private final ChannelHandlerContext ctx;
        private final String method;
        private final String uri;
        private final HttpHeaders headers;
        private final Kept kept;
        private final Untaken untaken = new Untaken();
        private Runnable gone = () -> {};
        private Runnable readyAgain = () -> {};

        One(ChannelHandlerContext ctx, FullHttpRequest request) {
            this.ctx = ctx;
            method = request.method().name();
            uri = request.uri();
            headers = request.headers();
            kept = new Kept(halves, request.content().retain());
        }

        @Override
        public String method() {
            return method;
        }

        @Override
        public String uri() {
            return uri;
        }

        @Override
        public @Nullable String header(String name) {
            return headers.get(name);
        }

        @Override
        public byte[] body() {
            return kept.body();
        }

        @Override
        public boolean keeps(long bytes) {
            return kept.replace(bytes);
        }

        @Override
        public void forgets() {
            later(kept::forget);
        }

        @Override
        public Attributes attributes() {
            return Peer.attributes(ctx.channel());
        }

        @Override
        public void answer(int status, String contentType, byte[] bytes) {
            if (bytes.length > PIECE_BYTES && allUnsent.isFilledTo(2)) {
                whole(TooMany.DROPPED_HTTP_STATUS, TooMany.CONTENT_TYPE, TooMany.page(TooMany.DROPPED));
            } else {
                whole(status, contentType, bytes);
            }
        }

        private void whole(int status, String contentType, byte[] bytes) {
            boolean withoutBody = method.equals("HEAD");
            HttpResponse response = withoutBody || bytes.length <= PIECE_BYTES
                    ? new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            HttpResponseStatus.valueOf(status),
                            withoutBody ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes))
                    : new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(status));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
            waits(bytes.length);
            if (response instanceof LastHttpContent) {
                later(() -> {
                    counted(response, bytes.length).addListener(this::isAnswered);
                    ctx.flush();
                });
            } else {
                later(() -> {
                    ctx.write(response);
                    pieces(bytes);
                });
            }
        }

        /// One by one, so that it is known how much of it was taken.
        private void pieces(byte[] bytes) {
            for (int at = 0; at < bytes.length; at += PIECE_BYTES) {
                int count = Math.min(PIECE_BYTES, bytes.length - at);
                counted(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes, at, count)), count);
            }
            ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(this::isAnswered);
        }

        /// Of what waits so many bytes are in this, until it was sent, or never will be.
        private ChannelFuture counted(HttpObject some, int bytes) {
            debts.begins(ctx, this, this::roomIsShort, () -> {});
            return ctx.write(some).addListener(sent -> {
                if (sent.isSuccess()) debts.took(this, bytes);
                debts.ends(this);
                allUnsent.giveBack(bytes);
                if (untaken.gone(bytes)) readyAgain.run();
            });
        }

        private void waits(int bytes) {
            untaken.add(bytes);
            allUnsent.take(bytes);
        }

        private boolean roomIsShort() {
            return allUnsent.isFilledTo(1);
        }

        @Override
        public void begin(String contentType) {
            HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
            response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
            HttpUtil.setTransferEncodingChunked(response, true);
            later(() -> ctx.writeAndFlush(response));
        }

        @Override
        public void part(byte[] bytes) {
            waits(bytes.length);
            later(() -> {
                counted(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)), bytes.length);
                ctx.flush();
            });
        }

        @Override
        public boolean ready() {
            return untaken.isReady(this::roomIsShort);
        }

        @Override
        public void whenReady(Runnable action) {
            later(() -> readyAgain = action);
        }

        @Override
        public void end() {
            later(() -> ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT).addListener(this::isAnswered));
        }

        @Override
        public void whenGone(Runnable action) {
            later(() -> {
                gone = action;
                if (!ctx.channel().isActive()) action.run();
            });
        }

        private void isAnswered(Future<? super Void> sent) {
            answered(ctx, sent);
        }

        private void later(Runnable action) {
            if (ctx.executor().inEventLoop()) action.run();
            else ctx.executor().execute(action);
        }
    }
}
