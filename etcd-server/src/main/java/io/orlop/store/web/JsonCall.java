package io.orlop.store.web;

import com.google.gson.JsonObject;
import com.google.protobuf.CodedInputStream;
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
import io.orlop.store.door.TooMany;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One call through the gateway: to the service a call like others, to the client JSON.
///
/// A service may answer from any thread, from within what it is told too, and holds locks of its own meanwhile. So
/// it is told nothing under the lock of the call: what it has to hear is noted there, and told one after the other
/// by whoever finds nobody telling.
/// ```
///   door's thread     request, gone ──┐ noted                     ┌─► onMessage, onHalfClose, onCancel
///                                     ├──────► lock ──► to tell ──┤
///   service's thread  answer, close ──┘                           └─► (told by the other meanwhile)
/// ```
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
    private final Deque<Runnable> toTell = new ArrayDeque<>();
    private ServerCall.@Nullable Listener<Q> listener;
    private @Nullable R onlyAnswer;
    private int wanted;
    private boolean telling;
    private boolean requestEnded;
    private boolean begun;
    private long begunNanos;
    private boolean began;
    private volatile boolean ended;
    private volatile boolean cancelled;

    /// @param whenOver is done once, if it ever began
    JsonCall(Exchange exchange, Method<Q, R> method, Runnable whenOver) {
        this.exchange = exchange;
        this.method = method;
        this.whenOver = whenOver;
    }

    /// Its turn has come; perhaps nobody waits for it any more.
    void begin(Metadata headers, List<Q> all) {
        if (!isStillWanted()) {
            whenOver.run();
            return;
        }
        guarded(() -> listen(method.start(this, headers), all));
        if (!single()) exchange.whenReady(this::readyAgain);
    }

    private boolean isStillWanted() {
        lock.lock();
        try {
            begun = true;
            begunNanos = method.clock();
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    private void listen(ServerCall.Listener<Q> listening, List<Q> all) {
        locked(() -> {
            listener = listening;
            requests.addAll(all);
            if (!single()) toTell.add(listening::onReady);
            deliver();
            if (cancelled) toTell.add(listening::onCancel);
        });
    }

    private void readyAgain() {
        locked(() -> {
            ServerCall.Listener<Q> listening = listener;
            if (listening != null && !ended) toTell.add(listening::onReady);
        });
    }

    private boolean single() {
        return method.descriptor().getType().serverSendsOneMessage();
    }

    private void locked(Runnable action) {
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
        for (Runnable next = next(); next != null; next = next()) {
            try {
                guarded(next);
            } finally {
                lock.lock();
                telling = false;
                lock.unlock();
            }
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Runnable next = telling ? null : toTell.poll();
            telling |= next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    /// What a service throws ends the call; so does what would not fit into memory.
    private void guarded(Runnable action) {
        try {
            action.run();
        } catch (StatusRuntimeException e) {
            locked(() -> finish(e.getStatus()));
        } catch (RuntimeException e) {
            locked(() ->
                    finish(Status.UNKNOWN.withDescription(String.valueOf(e)).withCause(e)));
        } catch (OutOfMemoryError e) {
            locked(() -> finish(TooMany.STATUS));
        }
    }

    /// Notes what the service wanted and has come.
    private void deliver() {
        ServerCall.Listener<Q> listening = listener;
        if (listening == null) return;
        while (wanted > 0 && !requests.isEmpty() && !ended) {
            wanted--;
            Q request = requests.remove();
            toTell.add(() -> {
                if (ended) return;
                method.received(Encoded.sizeOf(request));
                listening.onMessage(request);
            });
        }
        if (!requests.isEmpty() || requestEnded || ended) return;
        requestEnded = true;
        toTell.add(() -> {
            if (!ended) listening.onHalfClose();
        });
    }

    void gone() {
        locked(() -> {
            if (ended) return;
            ended = true;
            cancelled = true;
            Encoded.gone(onlyAnswer);
            if (!begun) return;
            method.ended(Status.Code.CANCELLED, begunNanos);
            ServerCall.Listener<Q> listening = listener;
            if (listening != null) toTell.add(listening::onCancel);
            toTell.add(whenOver);
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
            if (ended) {
                Encoded.gone(answer);
            } else if (single()) {
                onlyAnswer = answer;
            } else {
                start();
                method.sent(Encoded.sizeOf(answer));
                try {
                    exchange.part(GatewayError.bytes("{\"result\":" + json(answer) + "}\n"));
                } finally {
                    Encoded.gone(answer);
                }
            }
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
            if (listening != null && !cancelled) toTell.add(listening::onComplete);
        });
    }

    private void finish(Status status) {
        if (ended) return;
        R answer = onlyAnswer;
        if (!status.isOk() || answer == null) {
            finish(status, null);
            return;
        }
        byte[] text;
        try {
            text = GatewayError.bytes(json(answer));
        } catch (OutOfMemoryError e) {
            finish(TooMany.STATUS, null);
            return;
        }
        method.sent(Encoded.sizeOf(answer));
        finish(status, text);
    }

    private void finish(Status status, byte @Nullable [] text) {
        ended = true;
        // Also of one that was made into text, which counts by itself.
        Encoded.gone(onlyAnswer);
        method.ended(status.getCode(), begunNanos);
        toTell.add(whenOver);
        if (text != null) {
            exchange.answer(200, JSON, text);
            return;
        }
        if (status.isOk()) {
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
        } catch (IOException e) {
            JsonObject unprintable = new JsonObject();
            unprintable.addProperty("unprintable", e.getMessage());
            return unprintable.toString();
        }
    }

    /// Answers that are encoded already are read again, by the description of the method.
    private MessageOrBuilder decoded(R answer) throws IOException {
        if (!(method.descriptor().getSchemaDescriptor() instanceof ProtoMethodDescriptorSupplier schema)) {
            throw new InvalidProtocolBufferException(method.name() + " has no description");
        }
        if (!(answer instanceof Encoded encoded)) {
            throw new InvalidProtocolBufferException(method.name() + " answers something else");
        }
        DynamicMessage.Builder message =
                DynamicMessage.newBuilder(schema.getMethodDescriptor().getOutputType());
        message.mergeFrom(encoded.own().toByteString());
        for (ByteBuffer part : encoded.parts()) message.mergeFrom(CodedInputStream.newInstance(part.duplicate()));
        return message;
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
