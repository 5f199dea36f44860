package io.orlop.store.etcd;

import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.orlop.store.auth.Caller;
import io.orlop.store.engine.MvccStore;
import io.orlop.store.line.AbandonedException;
import io.orlop.store.line.Watching;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/// A call that may wait for long: it has a thread of its own, and ends when its client goes away.
final class PatientCall {
    private final MvccStore store;
    private final Callers callers;
    private final Executor threads;

    PatientCall(MvccStore store, Callers callers, Executor threads) {
        this.store = store;
        this.callers = callers;
        this.threads = threads;
    }

    interface Work<R> {
        R answer(Supplier<Caller> caller, Watching watching) throws AbandonedException;
    }

    interface Stream<R> {
        /// Sends answers until it is abandoned.
        void send(Supplier<Caller> caller, Watching watching, ServerCallStreamObserver<R> client)
                throws AbandonedException;
    }

    <R> void answer(StreamObserver<R> client, Work<R> work) {
        stream(client, (caller, watching, to) -> {
            to.onNext(work.answer(caller, watching));
            to.onCompleted();
        });
    }

    <R> void stream(StreamObserver<R> client, Stream<R> stream) {
        Credentials shown = Credentials.current();
        Watching watching = new Watching(store);
        ServerCallStreamObserver<R> call = (ServerCallStreamObserver<R>) client;
        call.setOnCancelHandler(watching::abandon);
        call.setOnReadyHandler(watching::wake);
        threads.execute(() -> {
            try (watching) {
                stream.send(() -> callers.of(shown), watching, call);
            } catch (AbandonedException gone) {
                // There is nobody to tell.
            } catch (RuntimeException e) {
                client.onError(Denials.unclassified(e));
            }
        });
    }
}
