package io.orlop.store.door;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;

/// Collects the bodies of requests over HTTP/1.1, and counts what there is of them. A whole one is passed on, and
/// counts until it is served.
final class Bodies extends HttpObjectAggregator {
    private final Halves halves;
    /// Of the body that is not whole.
    private int collected;

    private boolean tooMuch;
    private boolean refused;

    Bodies(int bytesMax, Halves halves) {
        super(bytesMax);
        this.halves = halves;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (refused) {
            ReferenceCountUtil.release(message);
            return;
        }
        super.channelRead(ctx, message);
        if (tooMuch) refuse(ctx);
    }

    @Override
    protected void aggregate(FullHttpMessage aggregated, HttpContent content) throws Exception {
        super.aggregate(aggregated, content);
        int more = content.content().readableBytes();
        collected += more;
        tooMuch = halves.keepTooMuch(more);
    }

    @Override
    protected void finishAggregation(FullHttpMessage aggregated) throws Exception {
        super.finishAggregation(aggregated);
        collected = 0;
        tooMuch = false;
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) throws Exception {
        forget();
        super.handleOversizedMessage(ctx, oversized);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) throws Exception {
        forget();
        super.channelInactive(ctx);
    }

    private void forget() {
        halves.keepTooMuch(-collected);
        collected = 0;
        tooMuch = false;
    }

    private void refuse(ChannelHandlerContext ctx) {
        refused = true;
        forget();
        releaseCurrentMessage();
        byte[] why = TooMany.page();
        var answer = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(TooMany.HTTP_STATUS), Unpooled.wrappedBuffer(why));
        answer.headers().set(HttpHeaderNames.CONTENT_TYPE, TooMany.CONTENT_TYPE);
        HttpUtil.setContentLength(answer, why.length);
        HttpUtil.setKeepAlive(answer, false);
        ctx.writeAndFlush(answer).addListener(_ -> ctx.close());
    }
}
