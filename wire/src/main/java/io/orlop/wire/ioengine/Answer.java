package io.orlop.wire.ioengine;

import com.google.protobuf.Empty;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import io.orlop.wire.status.RefusalStatus;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.function.Supplier;

/// One answer to one call: a message, or the status that the engine gives its refusal.
final class Answer {
    private static final Logger LOG = System.getLogger(Answer.class.getName());

    private Answer() {}

    static <T> void to(StreamObserver<T> caller, Supplier<T> work) {
        T answer;
        try {
            answer = work.get();
        } catch (Throwable thrown) {
            caller.onError(status(thrown));
            return;
        }
        caller.onNext(answer);
        caller.onCompleted();
    }

    static void done(StreamObserver<Empty> caller, Runnable work) {
        to(caller, () -> {
            work.run();
            return Empty.getDefaultInstance();
        });
    }

    private static StatusRuntimeException status(Throwable thrown) {
        return switch (thrown) {
            case StatusRuntimeException decided -> decided;
            case RefusalException refused -> RefusalStatus.exception(refused.refusal());
            default -> {
                LOG.log(Level.ERROR, "a call of the io-engine API failed", thrown);
                yield RefusalStatus.exception(
                        new Refusal.Failed("the node failed: " + thrown, "look into its log; this is a bug"));
            }
        };
    }
}
