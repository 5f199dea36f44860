package io.orlop.store.etcd;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Sends one answer when it is known.
final class Answer {
    private Answer() {}

    static <T, R> void send(CompletableFuture<T> known, StreamObserver<R> client, Function<T, R> response) {
        known.whenComplete((result, denied) -> {
            if (denied != null) {
                client.onError(Denials.status(denied));
                return;
            }
            R answer;
            try {
                answer = response.apply(result);
            } catch (RuntimeException | OutOfMemoryError late) {
                client.onError(Denials.status(late));
                return;
            }
            client.onNext(answer);
            client.onCompleted();
        });
    }
}
