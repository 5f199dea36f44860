package io.orlop.wire.rpc;

import io.grpc.BindableService;
import io.grpc.Context;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.RefusalStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Serves an object behind one of our contracts. Its methods block; run the gRPC server on virtual threads.
public final class RpcServer {
    private static final Logger LOG = System.getLogger(RpcServer.class.getName());

    private RpcServer() {}

    public static <T> BindableService of(Class<T> contract, T service) {
        return () -> {
            var definition = ServerServiceDefinition.builder(Contract.service(contract));
            for (Contract.Procedure procedure : Contract.procedures(contract)) {
                definition.addMethod(
                        procedure.descriptor(),
                        procedure.feed()
                                ? ServerCalls.asyncServerStreamingCall(
                                        (request, answers) -> stream(procedure, service, request, answers))
                                : ServerCalls.asyncUnaryCall(
                                        (request, answers) -> answer(procedure, service, request, answers)));
            }
            return ServerInterceptors.intercept(definition.build(), new CallerMetadata.Receiving());
        };
    }

    private static void answer(
            Contract.Procedure procedure, Object service, byte[] request, StreamObserver<byte[]> answers) {
        byte[] answer;
        try {
            answer = procedure.encodeResult(call(procedure, service, request));
        } catch (Throwable thrown) {
            answers.onError(said(procedure, thrown));
            return;
        }
        answers.onNext(answer);
        answers.onCompleted();
    }

    private static void stream(
            Contract.Procedure procedure, Object service, byte[] request, StreamObserver<byte[]> answers) {
        var call = (ServerCallStreamObserver<byte[]>) answers;
        Thread reader = Thread.currentThread();
        call.setOnCancelHandler(reader::interrupt);
        Context.current().addListener(_ -> reader.interrupt(), Runnable::run);
        try (Feed<?> feed = (Feed<?>) call(procedure, service, request)) {
            if (feed == null) throw new IllegalStateException(procedure.method() + " returned no feed");
            while (!call.isCancelled()) {
                answers.onNext(procedure.encodeResult(feed.next()));
            }
        } catch (InterruptedException gone) {
            answers.onError(Status.CANCELLED.asRuntimeException());
        } catch (Throwable thrown) {
            if (!call.isCancelled()) answers.onError(said(procedure, thrown));
        }
    }

    private static @Nullable Object call(Contract.Procedure procedure, Object service, byte[] request)
            throws Throwable {
        try {
            @Nullable Object[] arguments = procedure.decodeArguments(request);
            return CallerMetadata.received()
                    .<@Nullable Object, Exception>call(() -> procedure.method().invoke(service, arguments));
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause() == null ? thrown : thrown.getCause();
        }
    }

    private static Throwable said(Contract.Procedure procedure, Throwable thrown) {
        String name = procedure.descriptor().getFullMethodName();
        return switch (thrown) {
            case RefusalException refused -> RefusalStatus.exception(refused.refusal());
            case JacksonException malformed ->
                RefusalStatus.exception(new Refusal.Invalid(
                        "the request to %s is not understood: %s".formatted(name, malformed.getOriginalMessage()),
                        "send the JSON array of its arguments"));
            case InterruptedException _ ->
                RefusalStatus.exception(new Refusal.Aborted(name + " was interrupted", "try again"));
            default -> {
                LOG.log(Level.ERROR, name + " failed", thrown);
                yield RefusalStatus.exception(new Refusal.Failed(name + " failed: " + thrown, "look into its log"));
            }
        };
    }
}
