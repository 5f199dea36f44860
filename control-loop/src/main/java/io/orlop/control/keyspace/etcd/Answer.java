package io.orlop.control.keyspace.etcd;

import io.etcd.jetcd.common.exception.ErrorCode;
import io.orlop.control.keyspace.StoreUnavailableException;
import io.orlop.model.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the store said to a call that reached it.
sealed interface Answer<R extends @Nullable Object> {
    record Given<R extends @Nullable Object>(R value) implements Answer<R> {}

    /// The store is there and says no; nothing was changed.
    record Refused<R extends @Nullable Object>(String call, ErrorCode code, String why) implements Answer<R> {
        private static final List<String> NEVER = List.of(
                "request is too large", "too many operations in txn", "larger than max", "exceeds maximum size");
        private static final List<String> STALE =
                List.of("invalid auth token", "revision of auth store is old", "revision in header is old");

        /// Whether the call, or its answer, is larger than a message may be.
        boolean isTooLarge() {
            return NEVER.stream().anyMatch(why::contains);
        }

        /// Whether the token that the call carried counts no more; jetcd fetches another for the next call.
        boolean isStaleToken() {
            return STALE.stream().anyMatch(why::contains);
        }

        RuntimeException exception() {
            if (isTooLarge()) {
                return new Refusal.Invalid(
                                "the store never does \"%s\" of this size: %s".formatted(call, why),
                                "ask for less at once")
                        .exception();
            }
            return StoreUnavailableException.refused(call, why, remedy());
        }

        private String remedy() {
            return switch (code) {
                case UNAUTHENTICATED, PERMISSION_DENIED -> "look at orlop.store.user, its password and its rights";
                case RESOURCE_EXHAUSTED ->
                    "give the store room, on its disk and under its quota; an etcd wants its alarm switched off then";
                case INVALID_ARGUMENT ->
                    why.contains("authentication failed") || why.contains("user name is empty")
                            ? "look at orlop.store.user and its password"
                            : "retry when the store is back";
                case CANCELLED,
                        UNKNOWN,
                        DEADLINE_EXCEEDED,
                        NOT_FOUND,
                        ALREADY_EXISTS,
                        FAILED_PRECONDITION,
                        ABORTED,
                        OUT_OF_RANGE,
                        UNIMPLEMENTED,
                        INTERNAL,
                        UNAVAILABLE,
                        DATA_LOSS -> "retry when the store is back";
            };
        }
    }

    /// What was asked for.
    default R value() {
        return switch (this) {
            case Given<R>(R value) -> value;
            case Refused<R> refused -> throw refused.exception();
        };
    }
}
