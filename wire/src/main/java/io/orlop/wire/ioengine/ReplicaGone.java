package io.orlop.wire.ioengine;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.orlop.model.Refusal;
import io.orlop.wire.status.RefusalStatus;

/// The mark on "not found" that says: its pool was looked into, and the replica is not there. Without it the pool may
/// not be imported yet, and its replicas come back with it.
final class ReplicaGone {
    private static final Metadata.Key<String> MARK = Metadata.Key.of("gtm-602", Metadata.ASCII_STRING_MARSHALLER);

    private ReplicaGone() {}

    static StatusRuntimeException exception(Refusal.NotFound refusal) {
        StatusRuntimeException answer = RefusalStatus.exception(refusal);
        var trailers = new Metadata();
        Metadata said = answer.getTrailers();
        if (said != null) trailers.merge(said);
        trailers.put(MARK, "0");
        return answer.getStatus().asRuntimeException(trailers);
    }

    static boolean says(StatusRuntimeException answer) {
        Metadata trailers = answer.getTrailers();
        return trailers != null && trailers.containsKey(MARK);
    }
}
