package io.orlop.gateway.v0;

import io.swagger.v3.oas.annotations.media.Schema;

/// The body of every answer that is an error.
///
/// @param details names the resource and the value, and says what to do
/// @param message what kind of error it is, in a few words
/// @param kind what programs match on
@Schema(name = "RestJsonError")
record RestJsonError(String details, String message, Kind kind) {
    /// Spelt as on the wire.
    @Schema(name = "RestJsonErrorKind", enumAsRef = true)
    enum Kind {
        Timeout,
        Deserialize,
        Internal,
        InvalidArgument,
        DeadlineExceeded,
        NotFound,
        AlreadyExists,
        PermissionDenied,
        ResourceExhausted,
        FailedPrecondition,
        NotShared,
        NotPublished,
        AlreadyPublished,
        AlreadyShared,
        Aborted,
        OutOfRange,
        Unimplemented,
        Unavailable,
        Unauthenticated,
        Unauthorized,
        Conflict,
        FailedPersist,
        Deleting,
        InUse,
        CapacityLimitExceeded,
        NotAcceptable
    }
}
