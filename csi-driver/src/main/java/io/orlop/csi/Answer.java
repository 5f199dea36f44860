package io.orlop.csi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.orlop.model.RefusalException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One answer to one call: a message or a status, and always one of them.
final class Answer {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    private Answer() {}

    static <T> void to(StreamObserver<T> caller, Supplier<T> work) {
        T answer;
        try {
            answer = work.get();
        } catch (Throwable thrown) {
            caller.onError(status(thrown).asRuntimeException());
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }

    private static Status status(Throwable thrown) {
        if (thrown instanceof RefusalException refused) return CsiStatus.of(refused.refusal());
        LOG.error("a CSI call failed", thrown);
        return CsiStatus.ofBug(thrown);
    }
}
