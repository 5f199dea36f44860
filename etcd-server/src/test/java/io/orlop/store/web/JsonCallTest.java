package io.orlop.store.web;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.MessageLite;
import io.grpc.Attributes;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.store.door.Encoded;
import io.orlop.store.door.Exchange;
import io.orlop.store.door.Method;
import io.orlop.store.door.Methods;
import io.orlop.store.proto.etcdserverpb.KVGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseGrpc;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveRequest;
import io.orlop.store.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.orlop.store.proto.etcdserverpb.RangeRequest;
import io.orlop.store.proto.etcdserverpb.RangeResponse;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JsonCallTest {
    /// A client that takes whatever it is sent.
    private static final class Client implements Exchange {
        final List<String> said = new ArrayList<>();

        @Override
        public String method() {
            return "POST";
        }

        @Override
        public String uri() {
            return "/v3/";
        }

        @Override
        public @Nullable String header(String name) {
            return null;
        }

        @Override
        public byte[] body() {
            return new byte[0];
        }

        @Override
        public boolean keeps(long bytes) {
            return true;
        }

        @Override
        public void forgets() {}

        @Override
        public Attributes attributes() {
            return Attributes.EMPTY;
        }

        @Override
        public void answer(int status, String contentType, byte[] body) {
            said.add(status + " " + new String(body, UTF_8));
        }

        @Override
        public void begin(String contentType) {}

        @Override
        public void part(byte[] bytes) {
            said.add(new String(bytes, UTF_8));
        }

        @Override
        public void end() {
            said.add("end");
        }

        @Override
        public boolean ready() {
            return true;
        }

        @Override
        public void whenReady(Runnable action) {}

        @Override
        public void whenGone(Runnable action) {}
    }

    private final Client client = new Client();
    private final AtomicInteger over = new AtomicInteger();

    @SuppressWarnings("unchecked")
    private <Q, R> JsonCall<Q, R> call(BindableService service, MethodDescriptor<Q, ?> method, Q request) {
        Method<Q, R> known = (Method<Q, R>)
                Objects.requireNonNull(Methods.of(List.of(service)).named(method.getFullMethodName()));
        JsonCall<Q, R> call = new JsonCall<>(client, known, over::incrementAndGet);
        call.begin(new Metadata(), List.of(request));
        return call;
    }

    /// A service has locks of its own, under which it answers, and which it takes when it hears that a client went.
    @Test
    @Timeout(20)
    void aClientThatGoesWhileItIsAnsweredHoldsUpNobody() throws InterruptedException {
        var own = new ReentrantLock();
        var leaving = new CountDownLatch(1);
        var answering = new CountDownLatch(1);
        var answered = new CountDownLatch(1);
        List<StreamObserver<LeaseKeepAliveResponse>> observers = new ArrayList<>();
        JsonCall<LeaseKeepAliveRequest, LeaseKeepAliveResponse> call = call(
                new LeaseGrpc.LeaseImplBase() {
                    @Override
                    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(
                            StreamObserver<LeaseKeepAliveResponse> observer) {
                        observers.add(observer);
                        ((ServerCallStreamObserver<LeaseKeepAliveResponse>) observer).setOnCancelHandler(() -> {
                            leaving.countDown();
                            own.lock();
                            own.unlock();
                        });
                        return new Deaf<>();
                    }
                },
                LeaseGrpc.getLeaseKeepAliveMethod(),
                LeaseKeepAliveRequest.getDefaultInstance());
        Thread service = Thread.ofPlatform().daemon().start(() -> {
            own.lock();
            answering.countDown();
            try {
                leaving.await();
                observers.getFirst().onNext(LeaseKeepAliveResponse.getDefaultInstance());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            } finally {
                own.unlock();
                answered.countDown();
            }
        });
        answering.await();
        Thread.ofPlatform().daemon().start(call::gone);
        assertThat(answered.await(10, TimeUnit.SECONDS)).isTrue();
        service.join();
    }

    private static final class Deaf<T> implements StreamObserver<T> {
        @Override
        public void onNext(T request) {}

        @Override
        public void onError(Throwable gone) {}

        @Override
        public void onCompleted() {}
    }

    /// An answer that takes of what all answers share.
    private record Counted(MessageLite own, AtomicInteger times) implements Encoded {
        @Override
        public List<ByteBuffer> parts() {
            return List.of();
        }

        @Override
        public void gone() {
            times.incrementAndGet();
        }
    }

    private static final class Marshaller implements MethodDescriptor.Marshaller<Object> {
        @Override
        public InputStream stream(Object answer) {
            return new ByteArrayInputStream(((Encoded) answer).own().toByteArray());
        }

        @Override
        public Object parse(InputStream bytes) {
            throw new AssertionError("nobody reads it");
        }
    }

    private static final MethodDescriptor<RangeRequest, Object> RANGE = KVGrpc.getRangeMethod().toBuilder(
                    KVGrpc.getRangeMethod().getRequestMarshaller(), new Marshaller())
            .build();

    private JsonCall<RangeRequest, Object> range(List<StreamObserver<Object>> observers) {
        return call(
                () -> ServerServiceDefinition.builder(KVGrpc.SERVICE_NAME)
                        .addMethod(
                                RANGE,
                                ServerCalls.asyncUnaryCall(
                                        (RangeRequest _, StreamObserver<Object> observer) -> observers.add(observer)))
                        .build(),
                RANGE,
                RangeRequest.getDefaultInstance());
    }

    @Test
    void anAnswerGivesBackWhatItTakesWhenItIsText() {
        List<StreamObserver<Object>> observers = new ArrayList<>();
        range(observers);
        var answer = new Counted(RangeResponse.newBuilder().setCount(3).build(), new AtomicInteger());
        observers.getFirst().onNext(answer);
        assertThat(answer.times).hasValue(0);
        observers.getFirst().onCompleted();
        assertThat(answer.times.get()).isPositive();
        assertThat(client.said).containsExactly("200 {\"count\":\"3\"}");
        assertThat(over).hasValue(1);
    }

    @Test
    void anAnswerThatNobodyWaitsForGivesBackWhatItTakes() {
        List<StreamObserver<Object>> observers = new ArrayList<>();
        JsonCall<RangeRequest, Object> call = range(observers);
        call.gone();
        var late = new Counted(RangeResponse.getDefaultInstance(), new AtomicInteger());
        observers.getFirst().onNext(late);
        assertThat(late.times.get()).isPositive();

        JsonCall<RangeRequest, Object> another = range(observers);
        var early = new Counted(RangeResponse.getDefaultInstance(), new AtomicInteger());
        observers.getLast().onNext(early);
        another.gone();
        assertThat(early.times.get()).isPositive();
        assertThat(client.said).isEmpty();
        assertThat(over).hasValue(2);
    }

    @Test
    void whatAServiceThrowsEndsItsCallAndNoOther() {
        call(
                new KVGrpc.KVImplBase() {
                    @Override
                    public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
                        throw new IllegalStateException("broken");
                    }
                },
                KVGrpc.getRangeMethod(),
                RangeRequest.getDefaultInstance());
        assertThat(client.said).singleElement().asString().startsWith("500 ").contains("broken");
        assertThat(over).hasValue(1);
    }
}
