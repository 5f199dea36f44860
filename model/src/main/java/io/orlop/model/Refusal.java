package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// A request that cannot be honoured: what is wrong, naming the resource and the value, and what to do about it.
/// A bug is not a refusal; it is an assertion or another exception. `wire` maps each case to its gRPC and HTTP status.
public sealed interface Refusal {
    /// What is wrong: names the resource and the offending value.
    String problem();

    /// What the caller can do next.
    String remedy();

    default String text() {
        return problem() + ": " + remedy();
    }

    default RefusalException exception() {
        return new RefusalException(this);
    }

    /// Whether what was refused may have happened all the same, or happen yet. Else nothing happened, and nothing will.
    default boolean mayHaveHappened() {
        return switch (this) {
            case Unavailable _, TimedOut _, Aborted _, Failed _ -> true;
            case NotFound _,
                    AlreadyExists _,
                    Differs _,
                    Invalid _,
                    Conflict _,
                    InUse _,
                    Deleting _,
                    FailedPrecondition _,
                    NotPublished _,
                    AlreadyPublished _,
                    NotShared _,
                    AlreadyShared _,
                    OutOfCapacity _,
                    OutOfRange _,
                    NotAcceptable _,
                    PermissionDenied _,
                    NotLeader _,
                    FailedPersist _,
                    Unimplemented _ -> false;
        };
    }

    /// Whether it passes by itself: the same request, asked again a little later, may be honoured. Whoever starts,
    /// stops or follows waits for such a one; what is final needs somebody to change something first.
    default boolean passing() {
        return switch (this) {
            case Conflict _, Deleting _, Unavailable _, NotLeader _, Aborted _, TimedOut _, FailedPersist _ -> true;
            case NotFound _,
                    AlreadyExists _,
                    Differs _,
                    Invalid _,
                    InUse _,
                    FailedPrecondition _,
                    NotPublished _,
                    AlreadyPublished _,
                    NotShared _,
                    AlreadyShared _,
                    OutOfCapacity _,
                    OutOfRange _,
                    NotAcceptable _,
                    PermissionDenied _,
                    Unimplemented _,
                    Failed _ -> false;
        };
    }

    /// What was named is not there.
    record NotFound(String problem, String remedy) implements Refusal {}

    /// What should be made is there already, as it was asked for, and cannot be made twice.
    record AlreadyExists(String problem, String remedy) implements Refusal {}

    /// What should be made is there already, and is not what was asked for; the problem says in what it differs.
    record Differs(String problem, String remedy) implements Refusal {}

    /// The request is not well formed, whatever the state of the system.
    record Invalid(String problem, String remedy) implements Refusal {}

    /// Another operation holds the resource, or has just changed it.
    record Conflict(String problem, String remedy) implements Refusal {}

    /// Others depend on the resource.
    record InUse(String problem, String remedy) implements Refusal {}

    /// The resource is going away.
    record Deleting(String problem, String remedy) implements Refusal {}

    /// Not in this state of the resource.
    record FailedPrecondition(String problem, String remedy) implements Refusal {}

    record NotPublished(String problem, String remedy) implements Refusal {}

    record AlreadyPublished(String problem, String remedy) implements Refusal {}

    record NotShared(String problem, String remedy) implements Refusal {}

    record AlreadyShared(String problem, String remedy) implements Refusal {}

    /// No room: pools, nodes or limits do not suffice.
    record OutOfCapacity(String problem, String remedy) implements Refusal {}

    record OutOfRange(String problem, String remedy) implements Refusal {}

    /// A change that the resource can never make, such as shrinking.
    record NotAcceptable(String problem, String remedy) implements Refusal {}

    record PermissionDenied(String problem, String remedy) implements Refusal {}

    /// Somebody needed is not reachable now; the same request may succeed later.
    record Unavailable(String problem, String remedy) implements Refusal {}

    /// This copy of a service does not lead, or is not ready to. It is asked at the door: nothing was done.
    ///
    /// @param leader where the copy that leads answers, `host:port`; null while nobody is known to lead
    record NotLeader(String problem, String remedy, @Nullable String leader) implements Refusal {}

    /// Given up before it was decided; the same request may succeed at once.
    record Aborted(String problem, String remedy) implements Refusal {}

    /// No answer in time; it may still happen.
    record TimedOut(String problem, String remedy) implements Refusal {}

    /// The store did not take the promise.
    record FailedPersist(String problem, String remedy) implements Refusal {}

    record Unimplemented(String problem, String remedy) implements Refusal {}

    /// Somebody else failed in a way that is theirs to explain; their words are the problem.
    record Failed(String problem, String remedy) implements Refusal {}
}
