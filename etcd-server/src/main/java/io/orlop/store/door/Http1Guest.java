package io.orlop.store.door;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;

/// Sees what a client of HTTP/1.1 does: whose request is whole is served until its answer was taken.
final class Http1Guest extends ChannelDuplexHandler {
    private final Guest guest;
    /// Of which the head came, and which were not answered.
    private int requests;

    /// Of the last one some is missing.
    private boolean half;

    Http1Guest(Guest guest) {
        this.guest = guest;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        if (message instanceof HttpRequest) {
            requests++;
            half = true;
            now();
        }
        if (message instanceof HttpContent content) guest.says(content.content().readableBytes());
        if (message instanceof LastHttpContent) {
            half = false;
            now();
        }
        super.channelRead(ctx, message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) throws Exception {
        ChannelPromise told = promise;
        if (message instanceof LastHttpContent && !isPreliminary(message)) {
            told = promise.unvoid();
            told.addListener(_ -> {
                requests--;
                now();
            });
        }
        super.write(ctx, message, told);
    }

    /// "Go on", for one that asks before it sends a body.
    private static boolean isPreliminary(Object message) {
        return message instanceof HttpResponse response
                && response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
    }

    private void now() {
        if (requests <= 0) guest.does(Guest.Doing.RESTS);
        else if (requests > 1 || !half) guest.does(Guest.Doing.IS_SERVED);
        else guest.does(Guest.Doing.ASKS);
    }
}
