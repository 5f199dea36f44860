package io.orlop.store.auth;

/// Who wants something.
public sealed interface Caller {
    /// The process that the store runs in: may do everything.
    Caller OWNER = new Owner();

    /// Somebody who did not say who he is.
    Caller NOBODY = new Nobody();

    /// Somebody whose token is worth nothing, or nothing any more.
    Caller IMPOSTOR = new Impostor();

    record Owner() implements Caller {}

    record Nobody() implements Caller {}

    record Impostor() implements Caller {}

    /// @param authRevision of what was known of users when this one proved to be who he says; what changed since then
    ///     may have taken his rights away
    record Named(String user, long authRevision) implements Caller {}
}
