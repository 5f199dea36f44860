package io.orlop.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.grpc.BindableService;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.orlop.store.api.Alarm;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.engine.StoreOptions;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.PutRequest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every method that the server has, whatever is added: requests of random fields, whole, mutated and cut short. Each
/// is answered or refused, none by a fault of ours, and the server goes on.
class EveryMethodTest {
    private static final int REQUESTS = 40;

    /// The transport tells its log of every bad message; kept here, since loggers are forgotten.
    private static final Logger TRANSPORT = Logger.getLogger("io.grpc");

    @TempDir
    Path directory;

    private MvccStore store;
    private EtcdServer server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws IOException {
        TRANSPORT.setLevel(Level.OFF);
        store = MvccStore.open(directory, StoreOptions.defaults());
        EtcdOptions options = EtcdOptions.listening(new InetSocketAddress("127.0.0.1", 0))
                .auth(AuthOptions.usual().passwordCost(4));
        server = EtcdServer.start(store, options);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        TRANSPORT.setLevel(null);
        channel.shutdownNow();
        server.close();
        store.close();
    }

    @Test
    void takesAnythingAndGoesOn() {
        Random random = new Random(11);
        TreeSet<String> methods = new TreeSet<>();
        for (BindableService service : server.services()) {
            for (ServerMethodDefinition<?, ?> method : service.bindService().getMethods()) {
                MethodDescriptor<?, ?> descriptor = method.getMethodDescriptor();
                methods.add(descriptor.getFullMethodName());
                ask(descriptor, random);
            }
        }
        assertThat(methods)
                .hasSizeGreaterThan(45)
                .contains("etcdserverpb.KV/RangeStream", "etcdserverpb.Watch/Watch", "v3lockpb.Lock/Lock");
    }

    private void ask(MethodDescriptor<?, ?> method, Random random) {
        Message prototype = prototype(method);
        Queue<Status> ends = new ConcurrentLinkedQueue<>();
        List<ClientCall<byte[], byte[]>> calls = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            ClientCall<byte[], byte[]> call = channel.newCall(
                    RawMethod.of(method.getFullMethodName(), MethodDescriptor.MethodType.BIDI_STREAMING),
                    CallOptions.DEFAULT);
            call.start(noting(ends), new Metadata());
            call.request(100);
            call.sendMessage(disturbed(message(prototype, random, 3).toByteArray(), random));
            call.halfClose();
            calls.add(call);
        }
        stillServes(method.getFullMethodName());
        // Some wait for a lock, or for events.
        for (ClientCall<byte[], byte[]> call : calls) call.cancel("enough", null);
        stillServes(method.getFullMethodName());
        for (Status end : ends) {
            assertThat(String.valueOf(end.getDescription()))
                    .as(method.getFullMethodName())
                    .doesNotContain("Exception", "Error:");
        }
    }

    private static Message prototype(MethodDescriptor<?, ?> method) {
        if (method.getRequestMarshaller() instanceof MethodDescriptor.PrototypeMarshaller<?> marshaller
                && marshaller.getMessagePrototype() instanceof Message prototype) return prototype;
        throw new AssertionError(method.getFullMethodName() + " takes no message that is known");
    }

    private static ClientCall.Listener<byte[]> noting(Queue<Status> ends) {
        return new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
                ends.add(status);
            }
        };
    }

    private static byte[] disturbed(byte[] request, Random random) {
        byte[] sent = request.clone();
        if (sent.length == 0 || random.nextInt(3) == 0) return sent;
        for (int n = random.nextInt(4); n > 0; n--) sent[random.nextInt(sent.length)] = (byte) random.nextInt();
        return random.nextBoolean() ? Arrays.copyOf(sent, random.nextInt(sent.length)) : sent;
    }

    private static Message message(Message prototype, Random random, int depth) {
        Message.Builder builder = prototype.newBuilderForType();
        for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
            if (random.nextInt(3) == 0) continue;
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0) continue;
            if (field.isRepeated()) {
                for (int n = random.nextInt(3); n > 0; n--) {
                    builder.addRepeatedField(field, value(field, builder, random, depth));
                }
            } else {
                builder.setField(field, value(field, builder, random, depth));
            }
        }
        return builder.build();
    }

    private static Object value(FieldDescriptor field, Message.Builder builder, Random random, int depth) {
        return switch (field.getJavaType()) {
            case INT -> random.nextInt();
            case LONG -> number(random);
            case FLOAT -> random.nextFloat();
            case DOUBLE -> random.nextDouble();
            case BOOLEAN -> random.nextBoolean();
            case STRING -> "s" + random.nextInt(3);
            case BYTE_STRING -> bytes(random);
            case ENUM -> {
                List<EnumValueDescriptor> values = field.getEnumType().getValues();
                yield random.nextInt(5) == 0
                        ? field.getEnumType().findValueByNumberCreatingIfUnknown(77)
                        : values.get(random.nextInt(values.size()));
            }
            case MESSAGE -> {
                Message.Builder nested = builder.newBuilderForField(field);
                yield message(nested.getDefaultInstanceForType(), random, depth - 1);
            }
        };
    }

    private static long number(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> 0;
            case 1 -> random.nextLong();
            case 2 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
            case 3 -> -1;
            default -> random.nextInt(20);
        };
    }

    private static ByteString bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(4)];
        random.nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    /// Whatever alarms they raise; there are only so many.
    private void stillServes(String after) {
        PutRequest put =
                PutRequest.newBuilder().setKey(ByteString.copyFromUtf8("alive")).build();
        for (int raised = 0; ; raised++) {
            for (Alarm alarm : store.maintenance().alarms()) {
                MvccStore.await(store.maintenance().switchAlarm(alarm, false));
            }
            try {
                KVGrpc.newBlockingStub(channel).put(put);
                assertThat(store.failure()).as(after).isNull();
                return;
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode())
                        .as(after)
                        .isIn(Status.Code.RESOURCE_EXHAUSTED, Status.Code.DATA_LOSS);
                assertThat(raised).as(after).isLessThan(REQUESTS);
            }
        }
    }
}
