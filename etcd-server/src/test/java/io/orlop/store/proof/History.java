package io.orlop.store.proof;

import io.orlop.store.api.Operation;
import io.orlop.store.proof.Call.Answer;
import io.orlop.store.proof.Call.Request;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// Notes the calls of many clients, with one clock for all.
final class History {
    private final AtomicLong clock = new AtomicLong();
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();

    Answer call(Request request, Function<Request, Answer> store) {
        long invoked = clock.incrementAndGet();
        Answer answer = store.apply(request);
        long returned = clock.incrementAndGet();
        if (!(answer instanceof Answer.Unknown)) {
            calls.add(new Call(request, invoked, returned, answer));
        } else if (!(request instanceof Request.Do(Operation.Range _))) {
            // A read of which nothing came says nothing.
            calls.add(Call.unknown(request, invoked));
        }
        return answer;
    }

    List<Call> calls() {
        return List.copyOf(calls);
    }
}
