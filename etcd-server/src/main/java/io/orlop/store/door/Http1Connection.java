package io.orlop.store.door;

import io.grpc.Attributes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
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
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1: one request after the other, also if the client does not wait for answers. While one waits for its turn,
/// what comes after it is not read; those that came with it, in one piece, wait too.
final class Http1Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final int WAITING_MAX = 100;

    private final Consumer<Exchange> pages;
    private final Deque<One> waiting = new ArrayDeque<>();
    private final Halves halves;

    /// @param halves among which bodies are counted already, until their requests are served
    Http1Connection(Consumer<Exchange> pages, Halves halves) {
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
            one.drop();
            one.gone.run();
        }
        waiting.clear();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    /// Who does not read the answer is not asked what else it wants: answers would pile up.
    private void answered(ChannelHandlerContext ctx, ChannelFuture sent) {
        if (!sent.isSuccess()) ctx.close();
        if (!ctx.channel().isActive()) return;
        waiting.poll();
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
            one.drop();
        }
    }

    private final class One implements Exchange {
        private final ChannelHandlerContext ctx;
        private final String method;
        private final String uri;
        private final HttpHeaders headers;
        private ByteBuf body;
        private final Unsent unsent = new Unsent();
        private Runnable gone = () -> {};
        private Runnable readyAgain = () -> {};

        One(ChannelHandlerContext ctx, FullHttpRequest request) {
            this.ctx = ctx;
            method = request.method().name();
            uri = request.uri();
            headers = request.headers();
            body = request.content().retain();
        }

        /// The body is not needed any more.
        void drop() {
            halves.keepTooMuch(-body.readableBytes());
            body.release();
            body = Unpooled.EMPTY_BUFFER;
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
            return ByteBufUtil.getBytes(body);
        }

        @Override
        public Attributes attributes() {
            return Peer.attributes(ctx.channel());
        }

        @Override
        public void answer(int status, String contentType, byte[] bytes, Runnable gone) {
            var response = new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.valueOf(status),
                    method.equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(bytes));
            response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
            response.headers().set(HttpHeaderNames.CONTENT_LENGTH, bytes.length);
            last(response, gone);
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
            unsent.add(bytes.length);
            later(() -> ctx.writeAndFlush(new DefaultHttpContent(Unpooled.wrappedBuffer(bytes)))
                    .addListener(_ -> {
                        if (unsent.sent(bytes.length)) readyAgain.run();
                    }));
        }

        @Override
        public boolean ready() {
            return !unsent.tooMuch();
        }

        @Override
        public void whenReady(Runnable action) {
            later(() -> readyAgain = action);
        }

        @Override
        public void end() {
            last(LastHttpContent.EMPTY_LAST_CONTENT, () -> {});
        }

        @Override
        public void whenGone(Runnable action) {
            later(() -> {
                gone = action;
                if (!ctx.channel().isActive()) action.run();
            });
        }

        private void last(HttpObject end, Runnable gone) {
            later(() -> ctx.writeAndFlush(end).addListener((ChannelFuture sent) -> {
                gone.run();
                answered(ctx, sent);
            }));
        }

        private void later(Runnable action) {
            if (ctx.executor().inEventLoop()) action.run();
            else ctx.executor().execute(action);
        }
    }
}
