package io.orlop.store.web;

import com.google.gson.JsonObject;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.grpc.Attributes;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import io.orlop.store.door.Encoded;
import io.orlop.store.door.Exchange;
import io.orlop.store.door.Method;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One call through the gateway: to the service a call like others, to the client JSON.
///
/// @param <Q> requests
/// @param <R> answers
final class JsonCall<Q, R> extends ServerCall<Q, R> {
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().preservingProtoFieldNames().omittingInsignificantWhitespace();
    private static final String JSON = "application/json";

    private final Exchange exchange;
    private final Method<Q, R> method;
    private final Runnable whenOver;
    private final ReentrantLock lock = new ReentrantLock();
    private final Deque<Q> requests = new ArrayDeque<>();
    private ServerCall.@Nullable Listener<Q> listener;
    private @Nullable R onlyAnswer;
    private int wanted;
    private boolean delivering;
    private boolean requestEnded;
    private boolean begun;
    private long begunNanos;
    private boolean began;
    private boolean ended;
    private volatile boolean cancelled;

    /// @param whenOver is done once, if it ever began
    JsonCall(Exchange exchange, Method<Q, R> method, Runnable whenOver) {
        this.exchange = exchange;
        this.method = method;
        this.whenOver = whenOver;
    }

    /// Its turn has come; perhaps nobody waits for it any more.
    void begin(Metadata headers, List<Q> all) {
        locked(() -> {
            begun = true;
            if (ended) {
                whenOver.run();
                return;
            }
            begunNanos = method.clock();
            ServerCall.Listener<Q> listening = method.start(this, headers);
            listener = listening;
            requests.addAll(all);
            if (!single()) {
                listening.onReady();
                exchange.whenReady(this::readyAgain);
            }
            deliver();
        });
    }

    private void readyAgain() {
        locked(() -> {
            ServerCall.Listener<Q> listening = listener;
            if (listening != null && !ended) listening.onReady();
        });
    }

    private boolean single() {
        return method.descriptor().getType().serverSendsOneMessage();
    }

    /// A service may answer from within, and from other threads.
    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } catch (StatusRuntimeException e) {
            finish(e.getStatus());
        } finally {
            lock.unlock();
        }
    }

    private void deliver() {
        ServerCall.Listener<Q> listening = listener;
        if (listening == null || delivering) return;
        delivering = true;
        try {
            while (wanted > 0 && !requests.isEmpty() && !ended) {
                wanted--;
                Q request = requests.remove();
                method.received(Encoded.sizeOf(request));
                listening.onMessage(request);
            }
            if (!requests.isEmpty() || requestEnded || ended) return;
            requestEnded = true;
            listening.onHalfClose();
        } finally {
            delivering = false;
        }
    }

    void gone() {
        locked(() -> {
            if (ended) return;
            ended = true;
            cancelled = true;
            if (!begun) return;
            method.ended(Status.Code.CANCELLED, begunNanos);
            whenOver.run();
            ServerCall.Listener<Q> listening = listener;
            if (listening != null) listening.onCancel();
        });
    }

    @Override
    public void request(int messages) {
        locked(() -> {
            wanted += messages;
            deliver();
        });
    }

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(R answer) {
        locked(() -> {
            if (ended) return;
            if (single()) {
                onlyAnswer = answer;
                return;
            }
            start();
            method.sent(Encoded.sizeOf(answer));
            exchange.part(GatewayError.bytes("{\"result\":" + json(answer) + "}\n"));
        });
    }

    private void start() {
        if (!began) exchange.begin(JSON);
        began = true;
    }

    @Override
    public void close(Status status, Metadata trailers) {
        locked(() -> {
            finish(status);
            ServerCall.Listener<Q> listening = listener;
            if (listening != null && !cancelled) listening.onComplete();
        });
    }

    private void finish(Status status) {
        if (ended) return;
        ended = true;
        method.ended(status.getCode(), begunNanos);
        whenOver.run();
        R answer = onlyAnswer;
        if (status.isOk() && answer != null) {
            method.sent(Encoded.sizeOf(answer));
            exchange.answer(200, JSON, GatewayError.bytes(json(answer)));
        } else if (status.isOk()) {
            start();
            exchange.end();
        } else if (began) {
            exchange.part(GatewayError.of(status).lastLine());
            exchange.end();
        } else {
            GatewayError.of(status).answer(exchange);
        }
    }

    private String json(R answer) {
        try {
            return PRINTER.print(answer instanceof MessageOrBuilder message ? message : decoded(answer));
        } catch (InvalidProtocolBufferException e) {
            JsonObject unprintable = new JsonObject();
            unprintable.addProperty("unprintable", e.getMessage());
            return unprintable.toString();
        }
    }

    /// Answers that are encoded already are read again, by the description of the method.
    private MessageOrBuilder decoded(R answer) throws InvalidProtocolBufferException {
        if (!(method.descriptor().getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)) {
            throw new InvalidProtocolBufferException(method.name() + " has no description");
        }
        MethodDescriptor described = schema.getMethodDescriptor();
        try (InputStream bytes = method.descriptor().streamResponse(answer)) {
            return DynamicMessage.parseFrom(described.getOutputType(), bytes);
        } catch (InvalidProtocolBufferException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean isReady() {
        return !ended && exchange.ready();
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public Attributes getAttributes() {
        return exchange.attributes();
    }

    @Override
    public io.grpc.MethodDescriptor<Q, R> getMethodDescriptor() {
        return method.descriptor();
    }
}
