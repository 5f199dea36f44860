package io.orlop.store.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import java.util.concurrent.CompletionException;

/// Which gRPC status each no is. Clients match on code and text.
final class Denials {
    private Denials() {}

    static StatusRuntimeException status(Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : thrown;
        return switch (cause) {
            case DeniedException denied -> status(denied.denial());
            case StatusRuntimeException status -> status;
            case OutOfMemoryError _ -> status(Denial.TOO_MANY_REQUESTS);
            default ->
                Status.UNKNOWN
                        .withDescription("etcdserver: " + cause)
                        .withCause(cause)
                        .asRuntimeException();
        };
    }

    static StatusRuntimeException status(Denial denial) {
        return code(denial).withDescription(denial.text()).asRuntimeException();
    }

    /// As etcd says no to those who want a lock or lead: the text is there, the code is not.
    static StatusRuntimeException unclassified(Throwable thrown) {
        Status status = status(thrown).getStatus();
        return Status.UNKNOWN
                .withDescription(status.getDescription())
                .withCause(thrown)
                .asRuntimeException();
    }

    private static Status code(Denial denial) {
        return switch (denial) {
            case EMPTY_KEY,
                    KEY_NOT_FOUND,
                    VALUE_PROVIDED,
                    LEASE_PROVIDED,
                    TOO_MANY_OPERATIONS,
                    DUPLICATE_KEY,
                    INVALID_SORT,
                    REQUEST_TOO_LARGE,
                    USER_EMPTY,
                    ROLE_EMPTY,
                    PERMISSION_NOT_GIVEN,
                    AUTH_FAILED,
                    AUTH_OLD_REVISION,
                    INVALID_AUTH_MANAGEMENT,
                    INVALID_CLIENT_API_VERSION,
                    MEMBER_BAD_URLS,
                    DOWNGRADE_VERSION_FORMAT,
                    DOWNGRADE_VERSION_INVALID -> Status.INVALID_ARGUMENT;
            case COMPACTED, FUTURE_REVISION, LEASE_TTL_TOO_LARGE -> Status.OUT_OF_RANGE;
            case LEASE_NOT_FOUND, MEMBER_NOT_FOUND -> Status.NOT_FOUND;
            case LEASE_EXISTS,
                    ROOT_USER_MISSING,
                    ROOT_ROLE_MISSING,
                    USER_EXISTS,
                    USER_NOT_FOUND,
                    ROLE_EXISTS,
                    ROLE_NOT_FOUND,
                    ROLE_NOT_GRANTED,
                    PERMISSION_NOT_GRANTED,
                    AUTH_NOT_ENABLED,
                    MEMBER_NOT_LEARNER,
                    PEER_URL_EXISTS,
                    DOWNGRADE_RUNNING,
                    DOWNGRADE_NONE,
                    BAD_LEADER_TRANSFEREE -> Status.FAILED_PRECONDITION;
            case PERMISSION_DENIED -> Status.PERMISSION_DENIED;
            case INVALID_AUTH_TOKEN -> Status.UNAUTHENTICATED;
            case NO_SPACE, TOO_MANY_REQUESTS -> Status.RESOURCE_EXHAUSTED;
            case CORRUPT -> Status.DATA_LOSS;
            case STOPPED -> Status.UNAVAILABLE;
            // Not UNAVAILABLE: clients would repeat a change of which nobody knows whether it happened.
            case READ_ONLY -> Status.UNKNOWN;
            // Not in etcd's list of errors with codes, or lost on the way to it: the text is all there is.
            case LOCK_SESSION_EXPIRED,
                    NO_LEADER_ELECTED,
                    NOT_LEADER,
                    LEADER_MISSING,
                    AUTH_WITHOUT_PASSWORD,
                    PASSWORD_TOO_LONG,
                    TOKEN_NOT_SIGNED,
                    UNKNOWN_METHOD,
                    MEMBERS_NOT_STARTED -> Status.UNKNOWN;
        };
    }
}
