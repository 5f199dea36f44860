package io.orlop.store.door;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.BytesValue;
import com.google.protobuf.MessageLite;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A door with services behind it that do as little as possible.
abstract class AtADoor {
    static final String HOLD = "/test.Service/Hold";
    static final String ECHO = "/test.Service/Echo";
    static final String MEBIBYTE = "/test.Service/Mebibyte";
    static final String UNWRITABLE = "/test.Service/Unwritable";
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int HEADER_TABLE_SIZE = 1;
    static final int WHOLE = Integer.MAX_VALUE - 65_535;

    final BlockingQueue<ServerCallStreamObserver<BytesValue>> held = new LinkedBlockingQueue<>();
    final BlockingQueue<StreamObserver<Encoded>> unwritable = new LinkedBlockingQueue<>();
    final BlockingQueue<String> gone = new LinkedBlockingQueue<>();
    final BlockingQueue<Exchange> pages = new LinkedBlockingQueue<>();
    final AtomicInteger asked = new AtomicInteger();
    Door door;
    int port;

    @BeforeEach
    void open() throws IOException {
        door = opened(DoorOptions.defaults().memoryBytes(512 << 20), 2 << 20);
        port = door.ports().getFirst();
    }

    /// Another door, in place of the one that every test has.
    final void reopen(DoorOptions options) throws IOException {
        reopen(options, 2 << 20);
    }

    final void reopen(DoorOptions options, int messageBytesMax) throws IOException {
        close();
        door = opened(options, messageBytesMax);
        port = door.ports().getFirst();
    }

    private Door opened(DoorOptions options, int messageBytesMax) throws IOException {
        Served served = new Served(Methods.of(List.of(service())), pages::add, messageBytesMax);
        return Door.open(List.of(new Door.Listen(new InetSocketAddress("127.0.0.1", 0), false)), served, options);
    }

    @AfterEach
    void close() {
        door.close();
    }

    private BindableService service() {
        return () -> ServerServiceDefinition.builder("test.Service")
                .addMethod(method("Hold", MethodType.UNARY), ServerCalls.asyncUnaryCall(this::hold))
                .addMethod(method("Mebibyte", MethodType.UNARY), ServerCalls.asyncUnaryCall(this::mebibyte))
                .addMethod(unwritable(), ServerCalls.asyncUnaryCall((_, client) -> unwritable.add(client)))
                .addMethod(method("Echo", MethodType.BIDI_STREAMING), ServerCalls.asyncBidiStreamingCall(this::echo))
                .build();
    }

    private static MethodDescriptor<BytesValue, BytesValue> method(String name, MethodType type) {
        return MethodDescriptor.<BytesValue, BytesValue>newBuilder()
                .setType(type)
                .setFullMethodName("test.Service/" + name)
                .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .setResponseMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .build();
    }

    private static MethodDescriptor<BytesValue, Encoded> unwritable() {
        return MethodDescriptor.<BytesValue, Encoded>newBuilder()
                .setType(MethodType.UNARY)
                .setFullMethodName(UNWRITABLE.substring(1))
                .setRequestMarshaller(ProtoUtils.marshaller(BytesValue.getDefaultInstance()))
                .setResponseMarshaller(new MethodDescriptor.Marshaller<>() {
                    @Override
                    public InputStream stream(Encoded answer) {
                        throw new IllegalStateException("it is encoded");
                    }

                    @Override
                    public Encoded parse(InputStream bytes) {
                        throw new IllegalStateException("it is an answer");
                    }
                })
                .build();
    }

    /// Says how large it is to who made it, and then nothing more.
    record Unwritable(BytesValue value, Thread maker) implements Encoded {
        @Override
        public MessageLite own() {
            if (Thread.currentThread() != maker) throw new OutOfMemoryError("of the test");
            return value;
        }

        @Override
        public List<ByteBuffer> parts() {
            return List.of();
        }
    }

    static BytesValue bytes(int count) {
        return BytesValue.of(ByteString.copyFrom(new byte[count]));
    }

    private void hold(BytesValue request, StreamObserver<BytesValue> client) {
        var call = (ServerCallStreamObserver<BytesValue>) client;
        call.setOnCancelHandler(() -> gone.add("cancelled"));
        held.add(call);
    }

    private void mebibyte(BytesValue request, StreamObserver<BytesValue> client) {
        asked.incrementAndGet();
        client.onNext(bytes(1 << 20));
        client.onCompleted();
    }

    private StreamObserver<BytesValue> echo(StreamObserver<BytesValue> client) {
        return new StreamObserver<>() {
            @Override
            public void onNext(BytesValue request) {
                asked.incrementAndGet();
                client.onNext(request);
            }

            @Override
            public void onError(Throwable why) {
                gone.add("cancelled");
            }

            @Override
            public void onCompleted() {
                client.onCompleted();
            }
        };
    }

    static int beginPage(RawClient client) throws IOException {
        return client.begin("/v3/kv/put", "content-type", "application/json");
    }

    static void sendAll(RawClient client, int stream, byte[] bytes) throws IOException {
        for (int at = 0; at < bytes.length; at += 1 << 14) {
            byte[] some = Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + (1 << 14)));
            client.send(Frame.DATA, 0, stream, some);
        }
    }

    /// Calls of others are answered.
    void stillServes() throws IOException, InterruptedException {
        try (RawClient other = new RawClient(port)) {
            int stream = other.call(HOLD, new byte[0]);
            var call = held.take();
            call.onNext(bytes(3));
            call.onCompleted();
            assertThat(other.end(stream).text()).contains("grpc-status\u00010");
        }
    }
}
