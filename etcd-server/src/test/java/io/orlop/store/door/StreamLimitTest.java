package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A client that opens more streams at once than it may. As with etcd, the one too many is refused, and what was under
/// way for it is not looked at.
class StreamLimitTest extends AtADoor {
    private static final int STREAMS_MAX = 2;
    private static final int REFUSED_STREAM = 7;

    @BeforeEach
    void allowFew() throws IOException {
        reopen(DoorOptions.defaults().streamsMax(STREAMS_MAX));
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4).putInt(value).array();
    }

    private static int error(Frame reset) {
        return ByteBuffer.wrap(reset.payload()).getInt();
    }

    private List<Integer> asMany(RawClient client) throws IOException {
        List<Integer> streams = new ArrayList<>();
        for (int i = 0; i < STREAMS_MAX; i++) streams.add(client.call(HOLD, new byte[0]));
        return streams;
    }

    /// All that comes until settings that are sent now are acknowledged.
    private static List<Frame> untilNow(RawClient client) throws IOException {
        client.send(Frame.SETTINGS, 0, 0, new byte[0]);
        List<Frame> all = new ArrayList<>();
        Frame frame = client.next();
        while (frame.type() != Frame.SETTINGS) {
            all.add(frame);
            frame = client.next();
        }
        return all;
    }

    private void answerAll(RawClient client, List<Integer> streams) throws Exception {
        for (int ignored : streams) {
            var call = held.take();
            call.onNext(bytes(3));
            call.onCompleted();
        }
        for (int i = 0; i < streams.size(); i++) {
            Frame end = client.next(frame -> frame.type() == Frame.HEADERS && frame.ends());
            assertThat(end.text()).contains("grpc-status\u00010");
        }
    }

    @Test
    void oneTooManyIsRefusedAndTheOthersGoOn() throws Exception {
        try (RawClient client = new RawClient(port)) {
            List<Integer> streams = asMany(client);
            int refused = client.call(HOLD, bytes(1000).toByteArray());
            Frame reset = client.next(Frame.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(refused);
            assertThat(error(reset)).isEqualTo(REFUSED_STREAM);
            answerAll(client, streams);
            // There is room again.
            answerAll(client, asMany(client));
        }
        stillServes();
    }

    @Test
    void whatWasUnderWayForItIsNotLookedAt() throws Exception {
        try (RawClient client = new RawClient(port)) {
            List<Integer> streams = asMany(client);
            int refused = client.begin(HOLD);
            assertThat(error(client.next(Frame.RST_STREAM))).isEqualTo(REFUSED_STREAM);
            client.send(Frame.DATA, 0, refused, new byte[100]);
            client.send(Frame.WINDOW_UPDATE, 0, refused, number(1000));
            client.send(Frame.HEADERS, Frame.END_HEADERS | Frame.END_STREAM, refused, RawClient.head(HOLD));
            client.send(Frame.DATA, Frame.END_STREAM, refused, new byte[0]);
            client.send(Frame.RST_STREAM, 0, refused, number(8));
            client.send(Frame.WINDOW_UPDATE, 0, refused, number(1000));
            assertThat(untilNow(client)).isEmpty();
            answerAll(client, streams);
        }
        stillServes();
    }

    @Test
    void theWindowOfTheConnectionIsGivenBack() throws Exception {
        try (RawClient client = new RawClient(port)) {
            List<Integer> streams = asMany(client);
            long given = 4 << 20;
            long sent = 0;
            for (int i = 0; i < 100; i++) {
                int refused = client.begin(HOLD);
                sendAll(client, refused, new byte[1 << 17]);
                sent += 1 << 17;
                for (Frame frame : untilNow(client)) {
                    if (frame.type() == Frame.WINDOW_UPDATE && frame.stream() == 0) given += error(frame);
                }
                assertThat(given - sent).isGreaterThan(1 << 20);
            }
            answerAll(client, streams);
        }
    }

    @Test
    void whoDoesSoWithoutEndIsSentAway() throws Exception {
        try (RawClient client = new RawClient(port)) {
            asMany(client);
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) client.call(HOLD, new byte[0]);
                } catch (IOException sentAway) {
                    // As it should be.
                }
            });
            // The goodbye is behind thousands of refusals, and may be lost with them.
            client.awaitEnd();
        }
        held.clear();
        stillServes();
    }

    @Test
    void whoGoesOnAboutAStreamThatIsOverIsSentAway() throws Exception {
        try (RawClient client = new RawClient(port)) {
            asMany(client);
            int refused = client.begin(HOLD);
            client.next(Frame.RST_STREAM);
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) client.send(Frame.DATA, 0, refused, new byte[0]);
                } catch (IOException sentAway) {
                    // As it should be.
                }
            });
            assertThat(client.next(Frame.GOAWAY).error()).isEqualTo(11);
            client.awaitEnd();
        }
        held.clear();
        stillServes();
    }
}
