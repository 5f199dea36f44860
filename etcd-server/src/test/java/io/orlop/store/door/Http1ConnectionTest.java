package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/// Requests that come before the answers to others were taken.
class Http1ConnectionTest {
    private final Queue<Exchange> pages = new ArrayDeque<>();
    private final Queue<ChannelPromise> unsent = new ArrayDeque<>();
    private final EmbeddedChannel channel =
            new EmbeddedChannel(new ClientThatDoesNotRead(), new Http1Connection(pages::add));

    private final class ClientThatDoesNotRead extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            unsent.add(promise);
        }
    }

    private static FullHttpRequest get(String path) {
        return new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, path, Unpooled.EMPTY_BUFFER);
    }

    @Test
    void theNextIsServedWhenTheAnswerBeforeItWasTaken() {
        channel.writeInbound(get("/first"), get("/second"));
        pages.remove().answer(200, "text/plain", new byte[1000]);
        assertThat(pages).isEmpty();
        unsent.remove().setSuccess();
        assertThat(pages.remove().uri()).isEqualTo("/second");
    }

    @Test
    void theNextIsServedWhenTheLastPartBeforeItWasTaken() {
        channel.writeInbound(get("/first"), get("/second"));
        Exchange first = pages.remove();
        first.begin("text/plain");
        first.end();
        unsent.remove().setSuccess();
        assertThat(pages).isEmpty();
        unsent.remove().setSuccess();
        assertThat(pages.remove().uri()).isEqualTo("/second");
    }

    @Test
    void nothingIsServedWhenTheClientIsGone() {
        channel.writeInbound(get("/first"), get("/second"));
        pages.remove().answer(200, "text/plain", new byte[1000]);
        channel.close();
        unsent.remove().setFailure(new java.nio.channels.ClosedChannelException());
        assertThat(pages).isEmpty();
    }
}
