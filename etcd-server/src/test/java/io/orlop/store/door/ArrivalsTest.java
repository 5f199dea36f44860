package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Clients that connect and want nothing, over sockets. What else there is to know of them is in [GuestsTest].
class ArrivalsTest extends AtADoor {
    private static final DoorOptions IMPATIENT = DoorOptions.defaults().patience(Duration.ofMillis(100));

    /// Room for as few connections as there may be.
    private static final DoorOptions SMALL = DoorOptions.defaults().memoryBytes(1 << 20);

    private static final int CONNECTIONS_MAX = 64;

    private static void awaitEnd(Socket socket) throws IOException {
        try {
            while (socket.getInputStream().read() >= 0) {}
        } catch (IOException reset) {
            // A way to hang up.
        }
    }

    @Test
    void whoSaysNothingOrHalfAGreetingIsSentAway() throws Exception {
        reopen(IMPATIENT);
        for (String said :
                List.of("", "PRI * HT", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET /health HTTP/1.1\r\nHost: x")) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.getOutputStream().write(said.getBytes(StandardCharsets.US_ASCII));
                awaitEnd(socket);
            }
        }
        stillServes();
    }

    @Test
    void halfABodyIsNotWaitedFor() throws Exception {
        reopen(IMPATIENT);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request = "POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            awaitEnd(socket);
        }
        assertThat(pages).isEmpty();
        stillServes();
    }

    @Test
    void aNewClientComesInPlaceOfOneThatNeverGreeted() throws Exception {
        reopen(SMALL);
        List<Socket> silent = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_MAX; i++) silent.add(new Socket("127.0.0.1", port));
        RawClient client = awaitEntry();
        int stream = client.call(HOLD, new byte[0]);
        var call = held.take();
        call.onNext(bytes(3));
        call.onCompleted();
        assertThat(client.end(stream).text()).contains("grpc-status\u00010");
        client.close();
        awaitEnd(silent.getFirst());
        for (Socket each : silent) each.close();
    }

    @Test
    void whoHasAStreamStaysAndWhoHasNoneHearsGoodbye() throws Exception {
        reopen(SMALL);
        List<RawClient> busy = new ArrayList<>();
        RawClient idle = new RawClient(port);
        for (int i = 1; i < CONNECTIONS_MAX; i++) {
            RawClient client = new RawClient(port);
            client.begin(HOLD);
            busy.add(client);
        }
        try (RawClient client = awaitEntry()) {
            assertThat(idle.next(Frame.GOAWAY).error()).isZero();
            idle.awaitEnd();
            for (RawClient each : busy) {
                each.send(Frame.PING, 0, 0, new byte[8]);
                each.next(Frame.PING);
            }
            client.call(HOLD, new byte[0]);
            held.take();
        }
        for (RawClient each : busy) each.close();
    }

    /// Those who came just now are left in peace for a moment.
    private RawClient awaitEntry() {
        while (true) {
            try {
                return new RawClient(port);
            } catch (IOException refused) {
                Thread.onSpinWait();
            }
        }
    }
}
