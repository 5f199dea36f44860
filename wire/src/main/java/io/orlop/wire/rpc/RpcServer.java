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
import io.orlop.wire.status.CallerGoneException;
import io.orlop.wire.status.RefusalStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Serves an object behind one of our contracts, on any executor of gRPC's. The object's methods block: each call has a
/// virtual thread of its own.
///
/// A [Question] ends with its caller: what it asks of others is cancelled when the caller leaves. A change that was
/// begun is a [Commitment]. A feed takes its next fact when its reader has room for it.
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
                                        (request, answers) -> start(procedure, service, request, answers)));
            }
            return ServerInterceptors.intercept(definition.build(), new CallerMetadata.Receiving());
        };
    }

    private static void start(
            Contract.Procedure procedure, Object service, byte[] request, StreamObserver<byte[]> answers) {
        // Whoever left in the meantime gets no answer, which is no error of ours.
        ((ServerCallStreamObserver<byte[]>) answers).setOnCancelHandler(() -> {});
        thread(procedure, () -> {
                    try {
                        answer(procedure, service, request, answers);
                    } catch (Throwable unsaid) {
                        // Nobody above would end the call, and its caller would wait.
                        LOG.log(Level.ERROR, name(procedure) + " could not answer", unsaid);
                        answers.onError(Status.INTERNAL.withCause(unsaid).asRuntimeException());
                    }
                })
                .start();
    }

    /// The call's context goes with it.
    private static Thread thread(Contract.Procedure procedure, Runnable work) {
        return Thread.ofVirtual()
                .name(name(procedure))
                .unstarted(Context.current().wrap(work));
    }

    private static void answer(
            Contract.Procedure procedure, Object service, byte[] request, StreamObserver<byte[]> answers) {
        byte[] answer;
        try {
            refuseTheLate(procedure);
            Callable<byte[]> work = () -> encoded(procedure, call(procedure, service, request));
            answer = procedure.question() ? work.call() : Commitment.keep(work);
        } catch (Throwable thrown) {
            answers.onError(said(procedure, thrown));
            return;
        }
        answers.onNext(answer);
        answers.onCompleted();
    }

    /// A change that nobody waits for any more is better not begun.
    private static void refuseTheLate(Contract.Procedure procedure) {
        if (CallerGoneException.isCallerGone()) {
            throw new Refusal.TimedOut(
                            "%s came after its caller's deadline, and was not begun".formatted(name(procedure)),
                            "give it more time")
                    .exception();
        }
    }

    /// gRPC tells a call that its reader is ready, or gone, only when its handler has returned.
    private static void stream(
            Contract.Procedure procedure, Object service, byte[] request, StreamObserver<byte[]> answers) {
        var call = (ServerCallStreamObserver<byte[]>) answers;
        var pace = new Pace(call);
        Thread sender = thread(procedure, () -> send(procedure, service, request, call, pace));
        call.setOnCancelHandler(sender::interrupt);
        sender.start();
    }

    private static void send(
            Contract.Procedure procedure,
            Object service,
            byte[] request,
            ServerCallStreamObserver<byte[]> reader,
            Pace pace) {
        try (Feed<?> feed = (Feed<?>) call(procedure, service, request)) {
            if (feed == null) throw new IllegalStateException(procedure.method() + " returned no feed");
            while (!reader.isCancelled()) {
                pace.await();
                reader.onNext(encoded(procedure, feed.next()));
            }
        } catch (InterruptedException gone) {
            reader.onError(Status.CANCELLED.asRuntimeException());
        } catch (Throwable thrown) {
            if (!reader.isCancelled()) reader.onError(said(procedure, thrown));
        }
    }

    private static byte[] encoded(Contract.Procedure procedure, @Nullable Object result) {
        return MessageSize.ofAnswer(name(procedure), procedure.encodeResult(result));
    }

    private static @Nullable Object call(Contract.Procedure procedure, Object service, byte[] request)
            throws Exception {
        try {
            @Nullable Object[] arguments = procedure.decodeArguments(request);
            return CallerMetadata.received()
                    .<@Nullable Object, Exception>call(() -> procedure.method().invoke(service, arguments));
        } catch (InvocationTargetException thrown) {
            throw switch (thrown.getCause()) {
                case Exception failed -> failed;
                case Error broken -> throw broken;
                case null, default -> thrown;
            };
        }
    }

    private static String name(Contract.Procedure procedure) {
        return procedure.descriptor().getFullMethodName();
    }

    private static Throwable said(Contract.Procedure procedure, Throwable thrown) {
        String name = name(procedure);
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
