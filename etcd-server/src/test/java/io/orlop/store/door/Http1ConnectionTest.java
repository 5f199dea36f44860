package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.orlop.store.engine.Budget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Requests that come before the answers to others were taken.
class Http1ConnectionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Queue<Exchange> pages = new ArrayDeque<>();
    private final Queue<ChannelPromise> unsent = new ArrayDeque<>();
    private final Budget halves = new Budget(8 << 20);
    private final Budget untaken = new Budget(1 << 20);
    private final EmbeddedChannel channel = new EmbeddedChannel(
            new ClientThatDoesNotRead(),
            new Http1Connection(pages::add, new Halves(halves), untaken, new Debts(PATIENCE)));

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

    @Test
    void nothingIsReadWhileARequestWaits() {
        channel.writeInbound(get("/first"));
        assertThat(channel.config().isAutoRead()).isTrue();
        channel.writeInbound(get("/second"), get("/third"));
        assertThat(channel.config().isAutoRead()).isFalse();
        pages.remove().answer(200, "text/plain", new byte[0]);
        unsent.remove().setSuccess();
        assertThat(channel.config().isAutoRead()).isFalse();
        pages.remove().answer(200, "text/plain", new byte[0]);
        unsent.remove().setSuccess();
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void bodiesAreCountedUntilTheirRequestsAreServed() {
        List<Integer> bodies = new ArrayList<>();
        EmbeddedChannel one = connection(page -> bodies.add(page.body().length));
        EmbeddedChannel other = connection(page -> bodies.add(page.body().length));
        EmbeddedChannel third = connection(page -> bodies.add(page.body().length));
        for (EmbeddedChannel each : List.of(one, other)) each.writeInbound(post(), part(3 << 20));
        assertThat(halves.taken()).isEqualTo(6 << 20);
        third.writeInbound(post(), part(3 << 20));
        FullHttpResponse refusal = third.readOutbound();
        assertThat(refusal.status().code()).isEqualTo(429);
        assertThat(refusal.content().toString(StandardCharsets.US_ASCII)).contains("too many requests");
        refusal.release();
        assertThat(third.isOpen()).isFalse();
        one.writeInbound(part(1000), LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(bodies).containsExactly((3 << 20) + 1000);
        // Behind one that is not answered.
        one.writeInbound(post(), part(2000), LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(halves.taken()).isEqualTo((3 << 20) + 2000);
        one.close();
        other.close();
        assertThat(halves.taken()).isZero();
    }

    @Test
    void answersCountUntilTheyWereTaken() {
        channel.writeInbound(get("/first"), get("/second"), get("/third"));
        pages.remove().answer(200, "text/plain", new byte[2 << 20]);
        assertThat(untaken.taken()).isEqualTo(2 << 20);
        takes(17);
        assertThat(untaken.taken()).isEqualTo(1 << 20);
        takes(17);
        assertThat(untaken.taken()).isZero();
        Exchange parts = pages.remove();
        parts.begin("text/plain");
        unsent.remove().setSuccess();
        parts.part(new byte[1000]);
        assertThat(parts.ready()).isTrue();
        untaken.take(1 << 20);
        assertThat(parts.ready()).as("others have too much").isFalse();
        List<String> ready = new ArrayList<>();
        parts.whenReady(() -> ready.add("ready"));
        unsent.remove().setSuccess();
        assertThat(ready).hasSize(1);
        assertThat(parts.ready()).isTrue();
        parts.end();
        unsent.remove().setSuccess();
        // It was asked for before there was too much of all.
        untaken.take(1 << 20);
        pages.remove().answer(200, "text/plain", new byte[1 << 20]);
        assertThat(untaken.taken()).isLessThan(3 << 20);
    }

    private void takes(int pieces) {
        for (int i = 0; i < pieces; i++) unsent.remove().setSuccess();
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void whoTakesAnAnswerTooSlowlyLosesItWhereTheRoomIsShort() {
        channel.freezeTime();
        channel.writeInbound(get("/large"));
        pages.remove().answer(200, "text/plain", new byte[7 << 20]);
        pass(PATIENCE);
        for (int i = 0; i < 3; i++) {
            takes(17);
            pass(PATIENCE);
        }
        assertThat(channel.isOpen()).isTrue();
        takes(15);
        pass(PATIENCE);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whereThereIsRoomAnAnswerMayWait() {
        channel.freezeTime();
        channel.writeInbound(get("/small"));
        Exchange page = pages.remove();
        page.begin("text/plain");
        page.part(new byte[100_000]);
        for (int i = 0; i < 3; i++) pass(PATIENCE);
        assertThat(channel.isOpen()).isTrue();
        // Others need it now.
        untaken.take(1 << 20);
        pass(PATIENCE);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void whatWaitsForItsTurnCountsLikeABody() {
        List<Exchange> turns = new ArrayList<>();
        EmbeddedChannel one = connection(page -> {
            turns.add(page);
            assertThat(page.keeps(5000)).isTrue();
        });
        one.writeInbound(post(), part(8000), LastHttpContent.EMPTY_LAST_CONTENT);
        assertThat(halves.taken()).isEqualTo(5000);
        turns.getFirst().forgets();
        assertThat(halves.taken()).isZero();
        EmbeddedChannel other = connection(page -> {
            turns.add(page);
            assertThat(page.keeps(7 << 20)).isFalse();
        });
        other.writeInbound(post(), part(8000), LastHttpContent.EMPTY_LAST_CONTENT);
        other.close();
        assertThat(halves.taken()).isZero();
    }

    @Test
    void aBodyThatIsTooLargeIsNotKept() {
        EmbeddedChannel one = connection(pages::add);
        one.writeInbound(post(), part(3 << 20), part(3 << 20));
        FullHttpResponse refusal = one.readOutbound();
        assertThat(refusal.status().code()).isEqualTo(413);
        refusal.release();
        assertThat(halves.taken()).isZero();
    }

    private EmbeddedChannel connection(Consumer<Exchange> served) {
        Halves mine = new Halves(halves);
        return new EmbeddedChannel(
                new Bodies(4 << 20, mine), new Http1Connection(served, mine, untaken, new Debts(PATIENCE)));
    }

    private static HttpRequest post() {
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v3/kv/put");
    }

    private static HttpContent part(int bytes) {
        return new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[bytes]));
    }
}
