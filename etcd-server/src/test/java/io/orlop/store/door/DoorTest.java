package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.BytesValue;
import com.google.protobuf.MessageLite;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What clients may do to a door.
class DoorTest extends AtADoor {
    @Test
    void halvesOfMessagesAreKeptForSoManyCallsAndNoMore() throws IOException, InterruptedException {
        try (RawClient client = new RawClient(port)) {
            byte[] message = bytes((2 << 20) - 4).toByteArray();
            byte[] half = ByteBuffer.allocate(5 + (1 << 20))
                    .put((byte) 0)
                    .putInt(message.length)
                    .put(message, 0, 1 << 20)
                    .array();
            int first = client.begin(HOLD);
            sendAll(client, first, half);
            int refused = first;
            for (int i = 1; i < 64; i++) {
                refused = client.begin(HOLD);
                sendAll(client, refused, half);
            }
            int last = refused;
            Frame end = client.next(frame -> frame.type() == Frame.HEADERS);
            assertThat(end.stream()).isEqualTo(last);
            assertThat(end.text()).contains("grpc-status\u00018").contains("too many requests");
            // Those before it may say the rest.
            sendAll(client, first, Arrays.copyOfRange(message, 1 << 20, message.length));
            client.send(Frame.DATA, Frame.END_STREAM, first, new byte[0]);
            var call = held.take();
            call.onNext(bytes(3));
            call.onCompleted();
            assertThat(client.end(first).text()).contains("grpc-status\u00010");
        }
        stillServes();
    }

    @Test
    void bodiesOfPagesAreKeptLikeHalvesOfMessages() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port)) {
            int first = beginPage(client);
            sendAll(client, first, new byte[1 << 20]);
            for (int i = 1; i < 6; i++) sendAll(client, beginPage(client), new byte[1 << 20]);
            int refused = beginPage(client);
            client.send(Frame.DATA, 0, refused, new byte[1]);
            Frame answer = client.next(frame -> frame.type() == Frame.HEADERS);
            assertThat(answer.stream()).isEqualTo(refused);
            assertThat(answer.text()).contains("429");
            assertThat(client.end(refused).text()).contains("too many requests");
            // What was asked is not kept any more.
            client.send(Frame.DATA, Frame.END_STREAM, first, new byte[0]);
            Exchange page = pages.take();
            int next = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, next, new byte[1000]);
            page.answer(200, "text/plain", new byte[0]);
            client.end(first);
            pages.take().answer(200, "text/plain", new byte[0]);
            assertThat(client.next(frame -> frame.stream() == next).text()).doesNotContain("429");
        }
        stillServes();
    }

    @Test
    void answersOfPagesThatNobodyTakesCountLikeThoseOfCalls() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, 0)) {
            for (int i = 0; i < 2; i++) {
                int stream = beginPage(client);
                client.send(Frame.DATA, Frame.END_STREAM, stream, new byte[2]);
                pages.take().answer(200, "text/plain", new byte[1 << 20]);
                assertThat(client.next(Frame.HEADERS).stream()).isEqualTo(stream);
            }
            int refused = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, refused, new byte[2]);
            Frame answer = client.next(Frame.HEADERS);
            assertThat(answer.stream()).isEqualTo(refused);
            assertThat(answer.text()).contains("429");
            assertThat(pages).isEmpty();
            // Nor is a call listened to.
            client.call(MEBIBYTE, new byte[0]);
            client.send(Frame.PING, 0, 0, new byte[8]);
            client.next(Frame.PING);
            assertThat(asked.get()).isZero();
            stillServes();
            client.window(0, WHOLE);
            for (int stream : List.of(1, 3)) client.window(stream, 2 << 20);
            for (int i = 0; i < 2; i++) client.next(frame -> frame.stream() < refused && frame.ends());
        }
    }

    @Test
    void callsThatAreUnderWayAreAnsweredBeforeItHangsUp() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.call(HOLD, new byte[0]);
            var call = held.take();
            Thread closing = Thread.ofVirtual().start(door::close);
            assertThat(client.next(Frame.GOAWAY).error()).isZero();
            call.onNext(bytes(3));
            call.onCompleted();
            assertThat(client.end(stream).text()).contains("grpc-status\u00010");
            client.awaitEnd();
            closing.join();
        }
        assertThat(gone).isEmpty();
    }

    @Test
    void streamsAreEndedWhenItCloses() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.begin(ECHO);
            client.message(stream, bytes(1).toByteArray(), false);
            client.next(Frame.DATA);
            Thread closing = Thread.ofVirtual().start(door::close);
            assertThat(client.end(stream).text())
                    .contains("grpc-status\u000214")
                    .contains("etcdserver: server stopped");
            closing.join();
        }
        assertThat(gone.take()).isEqualTo("cancelled");
    }

    @Test
    void aCallEndsWithItsDeadline() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.call(HOLD, new byte[0], "grpc-timeout", "1m");
            assertThat(client.end(stream).text()).contains("grpc-status\u00014").contains("context deadline exceeded");
            assertThat(gone.take()).isEqualTo("cancelled");
            // More than a life is as long as it takes.
            int patient = client.call(HOLD, new byte[0], "grpc-timeout", "99999999H");
            if (held.size() > 1) held.remove();
            var call = held.take();
            if (call.isCancelled()) call = held.take();
            call.onNext(bytes(0));
            call.onCompleted();
            assertThat(client.end(patient).text()).contains("grpc-status\u00010");
        }
    }

    @Test
    void aDeadlineThatMakesNoSenseIsRefusedInTheWordsOfGrpcGo() throws Exception {
        for (String wait : List.of("soon", "", "S", "1x2S", "123456789012S", "12", "--1S")) {
            // Each with a table of HPACK of its own.
            try (RawClient client = new RawClient(port)) {
                int stream = client.call(HOLD, new byte[0], "grpc-timeout", wait);
                assertThat(client.end(stream).text()).contains("grpc-status\u000213", "malformed grpc-timeout: ");
            }
        }
        assertThat(held).isEmpty();
        stillServes();
    }

    @Test
    void aClientThatReadsNothingIsNotAskedWhatElseItWants() throws Exception {
        try (RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, 0)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 100; i++) streams.add(client.call(MEBIBYTE, new byte[0]));
            // Whatever was sent before a question is dealt with before its answer.
            client.send(Frame.PING, 0, 0, new byte[8]);
            client.next(Frame.PING);
            assertThat(asked.get()).isEqualTo(64);
            stillServes();
            client.window(0, WHOLE);
            for (int stream : streams) client.window(stream, 2 << 20);
            for (int i = 0; i < 100; i++) client.next(frame -> frame.type() == Frame.HEADERS && frame.ends());
            assertThat(asked.get()).isEqualTo(100);
        }
    }

    @Test
    void whereAnswersToAllTogetherAreTooManyWhoTakesNoneIsNotListenedTo() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, 0)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 20; i++) streams.add(client.call(MEBIBYTE, new byte[0]));
            client.send(Frame.PING, 0, 0, new byte[8]);
            client.next(Frame.PING);
            assertThat(asked.get()).isEqualTo(2);
            stillServes();
            client.window(0, WHOLE);
            for (int stream : streams) client.window(stream, 2 << 20);
            for (int i = 0; i < 20; i++) client.next(frame -> frame.type() == Frame.HEADERS && frame.ends());
            assertThat(asked.get()).isEqualTo(20);
        }
    }

    @Test
    void aStreamThatIsNotReadIsNotListenedTo() throws Exception {
        byte[] message = bytes(16_000).toByteArray();
        try (RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, 0)) {
            int stream = client.begin(ECHO);
            for (int i = 0; i < 30; i++) client.message(stream, message, i == 29);
            client.send(Frame.PING, 0, 0, new byte[8]);
            client.next(Frame.PING);
            assertThat(asked.get()).isEqualTo(5);
            stillServes();
            client.window(0, WHOLE);
            client.window(stream, WHOLE);
            client.end(stream);
            assertThat(asked.get()).isEqualTo(30);
        }
    }

    @Test
    void aFloodOfResetsIsSentAway() throws Exception {
        try (RawClient client = new RawClient(port)) {
            Thread.ofVirtual().start(() -> flood(client));
            Frame goodbye = client.next(Frame.GOAWAY);
            assertThat(goodbye.error()).isEqualTo(11);
            client.awaitEnd();
        }
        held.clear();
        stillServes();
    }

    @Test
    @Timeout(120)
    void whoDoesNotHearThatHisCallsAreRefusedIsSentAway() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port)) {
            assertThatThrownBy(() -> {
                        while (true) client.begin("/" + "x".repeat(300) + "/Call");
                    })
                    .isInstanceOf(IOException.class);
        }
        stillServes();
    }

    @Test
    void whoHearsThatHisCallsAreRefusedMayCallAgain() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port)) {
            for (int i = 0; i < 300; i++) {
                int last = 0;
                for (int j = 0; j < 50; j++) last = client.call("/test.Service/None", new byte[0]);
                client.end(last);
            }
        }
        stillServes();
    }

    @Test
    void aNameThatNobodyKnowsIsNotRepeatedAtLength() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.call("/" + "%".repeat(10_000) + "/Call", new byte[0]);
            assertThat(client.end(stream).payload().length).isLessThan(1_000);
            int other = client.call("/none.Service/" + "x".repeat(10_000), new byte[0]);
            assertThat(client.end(other).text()).contains("unknown service none.Service");
            int method = client.call("/test.Service/" + "x".repeat(10_000), new byte[0]);
            Frame end = client.end(method);
            assertThat(end.text()).contains("unknown method xxx", " for service test.Service");
            assertThat(end.payload().length).isLessThan(1_000);
        }
    }

    @Test
    void anAnswerThatCannotBeWrittenIsForgottenAndTakesNoOtherWithIt() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port)) {
            for (int i = 0; i < 3; i++) {
                int stream = client.call(UNWRITABLE, new byte[0]);
                int other = client.call(HOLD, new byte[0]);
                var unwritten = unwritable.take();
                var call = held.take();
                unwritten.onNext(new Unwritable(bytes(1 << 20), Thread.currentThread()));
                unwritten.onCompleted();
                call.onNext(bytes(3));
                call.onCompleted();
                assertThat(client.next(Frame.RST_STREAM).stream()).isEqualTo(stream);
                assertThat(client.end(other).text()).contains("grpc-status\u00010");
            }
        }
        stillServes();
    }

    @Test
    void aPageThatIsNotTakenIsGivenUpWhereTheRoomIsShort() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20).patience(Duration.ofMillis(100)));
        try (RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, 0)) {
            int stream = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, stream, new byte[2]);
            pages.take().answer(200, "application/json", new byte[3 << 20]);
            assertThat(client.next(Frame.RST_STREAM).stream()).isEqualTo(stream);
            int next = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, next, new byte[2]);
            pages.take().answer(200, "application/json", new byte[0]);
            assertThat(client.end(next).stream()).isEqualTo(next);
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("POST /v3/kv/range HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
                            .getBytes(StandardCharsets.US_ASCII));
            Exchange page = pages.take();
            CompletableFuture<String> left = new CompletableFuture<>();
            page.whenGone(() -> left.complete("gone"));
            page.answer(200, "application/json", new byte[30 << 20]);
            assertThat(left.get(20, TimeUnit.SECONDS)).isEqualTo("gone");
        }
        stillServes();
    }

    @Test
    @SuppressWarnings({"NullAway", "DataFlowIssue"})
    void aPageThatCannotBeWrittenIsForgottenAndTakesNoOtherWithIt() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(8 << 20));
        try (RawClient client = new RawClient(port)) {
            for (int i = 0; i < 3; i++) {
                int stream = beginPage(client);
                client.send(Frame.DATA, Frame.END_STREAM, stream, new byte[2]);
                pages.take().answer(200, null, new byte[1 << 20]);
                assertThat(client.next(Frame.RST_STREAM).stream()).isEqualTo(stream);
            }
            int next = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, next, new byte[2]);
            pages.take().answer(200, "text/plain", new byte[0]);
            assertThat(client.end(next).stream()).isEqualTo(next);
        }
        stillServes();
    }

    /// Of some of them all is with the system, of others nothing fits there any more; and of some the rest is on
    /// its way from here, so that a reset waits behind it.
    @Test
    void anAnswerThatIsNotTakenIsGivenUpHoweverFarItCame() throws Exception {
        reopen(DoorOptions.defaults().patience(Duration.ofMillis(100)));
        List<RawClient> clients = new ArrayList<>();
        List<Owed> answers = new ArrayList<>();
        for (int i = 1; i <= 80; i++) {
            RawClient client = new RawClient(port, INITIAL_WINDOW_SIZE, Integer.MAX_VALUE);
            clients.add(client);
            client.window(0, WHOLE);
            client.call(UNWRITABLE, new byte[0]);
            Owed answer = new Owed(ByteBuffer.allocate(i * (100 << 10)), new CompletableFuture<>());
            answers.add(answer);
            var call = unwritable.take();
            call.onNext(answer);
            call.onCompleted();
        }
        for (Owed answer : answers) answer.left.get(20, TimeUnit.SECONDS);
        for (RawClient client : clients) client.close();
    }

    /// An answer that takes of what all share, of which there is too little.
    private record Owed(ByteBuffer rest, CompletableFuture<String> left) implements Encoded {
        @Override
        public MessageLite own() {
            return BytesValue.getDefaultInstance();
        }

        @Override
        public List<ByteBuffer> parts() {
            return List.of(rest);
        }

        @Override
        public boolean isAccounted() {
            return true;
        }

        @Override
        public boolean isScarce() {
            return true;
        }

        @Override
        public void gone() {
            left.complete("gone");
        }
    }

    private static void flood(RawClient client) {
        try {
            for (int i = 0; i < 20_000; i++) {
                int stream = client.call(HOLD, new byte[0]);
                client.send(
                        Frame.RST_STREAM,
                        0,
                        stream,
                        ByteBuffer.allocate(4).putInt(8).array());
            }
        } catch (IOException sentAway) {
            // As it should be.
        }
    }

    @Test
    void fieldsThatAreTooLargeAreRefused() throws Exception {
        try (RawClient client = new RawClient(port)) {
            byte[] block = RawClient.head(HOLD, "large", "x".repeat(70_000));
            int stream = client.nextStream();
            client.send(Frame.HEADERS, Frame.END_STREAM, stream, java.util.Arrays.copyOf(block, 16_384));
            for (int at = 16_384; at < block.length; at += 16_384) {
                int end = Math.min(block.length, at + 16_384);
                int flags = end == block.length ? Frame.END_HEADERS : 0;
                client.send(Frame.CONTINUATION, flags, stream, java.util.Arrays.copyOfRange(block, at, end));
            }
            client.next(frame -> frame.stream() == stream || frame.type() == Frame.GOAWAY);
        }
        assertThat(held).isEmpty();
        stillServes();
    }

    @Test
    void fieldsThatNeverEndAreSentAway() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.nextStream();
            client.send(Frame.HEADERS, 0, stream, RawClient.head(HOLD));
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) client.send(Frame.CONTINUATION, 0, stream, new byte[0]);
                } catch (IOException sentAway) {
                    // As it should be.
                }
            });
            assertThat(client.next(Frame.GOAWAY).error()).isNotZero();
            client.awaitEnd();
        }
        stillServes();
    }

    @Test
    void saysFirstThatTheTableOfFieldsIsSmallerNow() throws Exception {
        try (RawClient client = new RawClient(port, HEADER_TABLE_SIZE, 0)) {
            int stream = client.call(HOLD, new byte[0]);
            var call = held.take();
            call.onNext(bytes(3));
            call.onCompleted();
            Frame head = client.next(Frame.HEADERS);
            assertThat(head.payload()[0]).isEqualTo((byte) 0x20);
            client.end(stream);
        }
    }

    @Test
    void namesTheEncodingsItReads() throws Exception {
        try (RawClient client = new RawClient(port)) {
            int stream = client.begin(HOLD, "grpc-encoding", "gzip");
            client.send(Frame.DATA, Frame.END_STREAM, stream, new byte[] {1, 0, 0, 0, 1, 0});
            assertThat(client.end(stream).text())
                    .contains("grpc-status\u000212")
                    .contains("grpc-accept-encoding")
                    .contains("identity");
        }
    }

    @Test
    void nonsenseInHttp1IsABadRequest() throws Exception {
        for (String nonsense : List.of(
                "NONSENSE\r\n\r\n",
                "GET / HTTP/1.1\r\nno colon\r\n\r\n",
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\nlarge: " + "x".repeat(70_000) + "\r\n\r\n",
                "POST /v3/kv/put HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /v3/kv/put HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                socket.getOutputStream().write(nonsense.getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                assertThat(answer).as(nonsense.substring(0, 8)).startsWith("HTTP/1.1 4");
            }
        }
        assertThat(pages).isEmpty();
        stillServes();
    }

    @Test
    void messagesMayBeAsLargeAsThereAreNumbersFor() throws Exception {
        reopen(DoorOptions.defaults().memoryBytes(512 << 20), Integer.MAX_VALUE);
        try (Socket socket = new Socket("127.0.0.1", port);
                RawClient client = new RawClient(port)) {
            socket.getOutputStream()
                    .write("POST /v3/kv/put HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"
                            .getBytes(StandardCharsets.US_ASCII));
            Exchange page = pages.take();
            page.answer(200, "text/plain", new byte[0]);
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            int stream = beginPage(client);
            client.send(Frame.DATA, Frame.END_STREAM, stream, new byte[2]);
            pages.take().answer(200, "text/plain", new byte[0]);
            client.end(stream);
            int call = client.call(HOLD, bytes(10).toByteArray());
            var one = held.take();
            one.onNext(bytes(3));
            one.onCompleted();
            assertThat(client.end(call).text()).contains("grpc-status\u00010");
        }
    }

    @Test
    void aLargePageComesWholeAndAnotherAfterIt() throws Exception {
        byte[] page = "0123456789".repeat(50_000).getBytes(StandardCharsets.US_ASCII);
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request = "GET /large HTTP/1.1\r\nHost: test\r\n";
            socket.getOutputStream()
                    .write((request + "\r\n" + request + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            var reads = new FutureTask<>(() -> socket.getInputStream().readAllBytes());
            Thread.ofVirtual().start(reads);
            for (int i = 0; i < 2; i++) pages.take().answer(200, "text/plain", page);
            String all = new String(reads.get(), StandardCharsets.US_ASCII);
            String body = new String(page, StandardCharsets.US_ASCII);
            assertThat(all.split("HTTP/1.1 200 OK\r\n"))
                    .hasSize(3)
                    .filteredOn(answer -> !answer.isEmpty())
                    .allSatisfy(answer -> assertThat(answer)
                            .contains("content-length: 500000")
                            .endsWith("\r\n\r\n" + body));
        }
    }

    /// By epoll, which tells so of a connection that is not read, too.
    @Test
    void whoLeavesWhileAnotherRequestOfHisWaitsIsMissed() throws Exception {
        assumeThat(Epoll.isAvailable()).isTrue();
        BlockingQueue<String> left = new LinkedBlockingQueue<>();
        try (Socket socket = new Socket("127.0.0.1", port)) {
            String request = "GET /stream HTTP/1.1\r\nHost: test\r\n\r\n";
            socket.getOutputStream().write((request + request).getBytes(StandardCharsets.US_ASCII));
            Exchange page = pages.take();
            page.whenGone(() -> left.add("left"));
            page.begin("text/plain");
            socket.getInputStream().read();
        }
        assertThat(left.take()).isEqualTo("left");
        assertThat(pages).isEmpty();
    }

    @Test
    void aPageThatIsNotReadSaysSo() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream()
                    .write("GET /stream HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Exchange page = pages.take();
            BlockingQueue<String> ready = new LinkedBlockingQueue<>();
            page.whenReady(() -> ready.add("ready"));
            page.begin("text/plain");
            int parts = 0;
            for (; page.ready() && parts < 100_000; parts++) page.part(new byte[30_000]);
            // What is sent at once is not waited for; the sockets' buffers take some of it.
            assertThat(parts).isLessThan(100_000);
            Thread.ofVirtual().start(() -> {
                try {
                    socket.getInputStream().skipNBytes(Long.MAX_VALUE);
                } catch (IOException end) {
                    // Of the test.
                }
            });
            assertThat(ready.take()).isEqualTo("ready");
            page.end();
        }
    }
}
