package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who may stay, and who has to make room.
class GuestsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final AtomicLong nanos = new AtomicLong();
    private final List<String> said = new ArrayList<>();
    private final Room room = new Room(1 << 20, 1_000);
    private final Guests guests = new Guests(room, PATIENCE, nanos::get, new Crowded(nanos::get, said::add));

    private record Visit(EmbeddedChannel channel, @Nullable Guest guest) {
        Visit does(Guest.Doing what) {
            assertNotNull(guest).does(what);
            return this;
        }

        boolean isOver() {
            channel.runPendingTasks();
            return !channel.isOpen();
        }
    }

    private static Guest assertNotNull(@Nullable Guest guest) {
        if (guest == null) throw new AssertionError("was not let in");
        return guest;
    }

    private Visit visit() {
        EmbeddedChannel channel = new EmbeddedChannel();
        return new Visit(channel, guests.enters(channel));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
        guests.sendAwayOverdue();
    }

    private List<Visit> fill(Guest.Doing doing) {
        List<Visit> all = new ArrayList<>();
        for (long i = 0; i < room.connectionsMax(); i++) all.add(visit().does(doing));
        return all;
    }

    @Test
    void whoDoesNotGreetIsSentAway() {
        Visit silent = visit();
        pass(Duration.ofSeconds(10));
        assertThat(silent.isOver()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(silent.isOver()).isTrue();
    }

    @Test
    void whoGreetedMayStay() {
        Visit http2 = visit().does(Guest.Doing.STAYS);
        Visit served = visit().does(Guest.Doing.IS_SERVED);
        pass(Duration.ofDays(3));
        assertThat(http2.isOver()).isFalse();
        assertThat(served.isOver()).isFalse();
    }

    @Test
    void aRequestWhoseBodyComesTooSlowlyIsNotWaitedFor() {
        Visit slow = visit();
        Visit steady = visit();
        for (Visit each : List.of(slow, steady)) {
            each.channel.pipeline().addLast(new Http1Guest(assertNotNull(each.guest)));
            each.channel.writeInbound(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v3/kv/put"));
        }
        for (int i = 0; i < 5; i++) {
            if (!slow.isOver()) slow.channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[1])));
            steady.channel.writeInbound(new DefaultHttpContent(Unpooled.wrappedBuffer(new byte[10 << 10])));
            pass(Duration.ofSeconds(9));
        }
        assertThat(slow.isOver()).isTrue();
        assertThat(steady.isOver()).isFalse();
    }

    @Test
    void whoWasAnsweredMayAskAgainForSomeMinutes() {
        Visit client = visit();
        client.channel.pipeline().addLast(new Http1Guest(assertNotNull(client.guest)));
        client.channel.writeInbound(
                new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/health"),
                LastHttpContent.EMPTY_LAST_CONTENT);
        pass(Duration.ofHours(1));
        assertThat(client.isOver()).as("it is served").isFalse();
        client.channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
        pass(Duration.ofHours(1));
        client.channel.writeOutbound(new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK));
        pass(Duration.ofMinutes(5));
        assertThat(client.isOver()).isFalse();
        pass(Duration.ofSeconds(1));
        assertThat(client.isOver()).isTrue();
    }

    @Test
    void whoNeverGreetedMakesRoomFirstAndThenWhoRestsLongest() {
        List<Visit> all = fill(Guest.Doing.STAYS);
        pass(Duration.ofMinutes(1));
        all.get(1).does(Guest.Doing.STAYS);
        all.get(2).does(Guest.Doing.GREETS);
        for (Visit served : all.subList(3, all.size())) served.does(Guest.Doing.IS_SERVED);
        pass(Duration.ofSeconds(2));
        assertThat(visit().does(Guest.Doing.IS_SERVED).isOver()).isFalse();
        assertThat(all.get(2).isOver()).isTrue();
        assertThat(all.get(0).isOver()).isFalse();
        visit().does(Guest.Doing.IS_SERVED);
        assertThat(all.get(0).isOver()).isTrue();
        visit().does(Guest.Doing.IS_SERVED);
        assertThat(all.get(1).isOver()).isTrue();
        assertThat(visit().guest).as("all are served").isNull();
        assertThat(all.subList(3, all.size())).noneMatch(Visit::isOver);
    }

    @Test
    void whoCameJustNowIsLeftInPeace() {
        List<Visit> all = fill(Guest.Doing.GREETS);
        assertThat(visit().guest).isNull();
        assertThat(all).noneMatch(Visit::isOver);
    }

    @Test
    void whoBeginsSomethingInThisMomentStaysAndTheNextLeaves() {
        List<Visit> all = fill(Guest.Doing.RESTS);
        pass(Duration.ofMinutes(1));
        for (Visit each : all.subList(2, all.size())) each.does(Guest.Doing.IS_SERVED);
        all.get(1).does(Guest.Doing.RESTS);
        pass(Duration.ofSeconds(2));
        assertThat(visit().does(Guest.Doing.IS_SERVED).isOver()).isFalse();
        // Its thread has not heard of it yet.
        all.get(0).does(Guest.Doing.IS_SERVED);
        assertThat(all.get(0).isOver()).isFalse();
        assertThat(all.get(1).isOver()).isTrue();
        assertThat(all.subList(2, all.size())).noneMatch(Visit::isOver);
        assertThat(visit().guest).as("all are served").isNull();
        // It may be sent away another time.
        all.get(0).does(Guest.Doing.RESTS);
        pass(Duration.ofMinutes(6));
        assertThat(all.get(0).isOver()).isTrue();
        assertThat(room.connects()).as("it left its place").isTrue();
        assertThat(room.connects()).as("no more than one").isFalse();
    }

    @Test
    void aClientThatAsksWhileItIsSentAwayIsAnswered() {
        Visit client = visit();
        client.channel.pipeline().addLast(new Http1Guest(assertNotNull(client.guest)));
        client.does(Guest.Doing.RESTS);
        pass(Duration.ofMinutes(6));
        client.channel
                .pipeline()
                .fireChannelRead(new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v3/kv/put"));
        assertThat(client.isOver()).isFalse();
    }

    @Test
    void aFaultIsNotTakenForTooManyFiles() {
        new Crowded(nanos::get, said::add).tell(new IllegalStateException("broken"));
        new Crowded(nanos::get, said::add).tell(new IOException("Too many open files"));
        assertThat(said.getFirst()).contains("broken").doesNotContain("ulimit");
        assertThat(said.getLast()).contains("Too many open files", "ulimit -n");
    }

    @Test
    void whatToDoIsSaidNowAndThen() {
        fill(Guest.Doing.IS_SERVED);
        for (int i = 0; i < 100; i++) visit();
        assertThat(said)
                .singleElement()
                .asString()
                .contains(room.connectionsMax() + " that may", "1 were refused", "-Xmx");
        pass(Duration.ofSeconds(10));
        visit();
        assertThat(said).hasSize(2).last().asString().contains("100 were refused");
    }

    @Test
    void whereFilesAreFewItIsFilesThatAreAskedFor() {
        Room few = new Room(64 << 20, new Room.Files(256, 60).forConnections(1));
        assertThat(few.connectionsMax()).as("the log needs some, too").isEqualTo(132);
        new Crowded(nanos::get, said::add).tell(few, false);
        assertThat(said).singleElement().asString().contains("ulimit -n");
        assertThat(new Room(64 << 20, new Room.Files(64, 60).forConnections(1)).connectionsMax())
                .isEqualTo(8);
    }
}
