package io.orlop.csi;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import io.orlop.model.Caller;
import io.orlop.model.RefusalException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One answer to one call: a message or a status, and always one of them.
final class Answer {
    private static final Logger LOG = LoggerFactory.getLogger(Answer.class);

    /// The side-cars ask on a socket that is theirs alone, and do not say who they are.
    private static final Caller KUBERNETES = new Caller(Caller.ANONYMOUS, "csi");

    private Answer() {}

    static <T> void to(StreamObserver<T> caller, Supplier<T> work) {
        T answer;
        try {
            answer = KUBERNETES.<T, RuntimeException>call(work::get);
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
