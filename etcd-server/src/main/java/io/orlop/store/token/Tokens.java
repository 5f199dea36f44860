package io.orlop.store.token;

import io.orlop.store.auth.AuthState;
import io.orlop.store.auth.Caller;
import io.orlop.store.auth.User;
import java.util.Optional;

/// What somebody gets for a password, and shows with each request.
public sealed interface Tokens permits SimpleTokens, SignedTokens {
    /// @param index a number that grows, for tokens that are told apart by one
    String issue(User user, AuthState state, long index);

    /// Who shows this token; empty if it is worth nothing, or nothing any more.
    Optional<Caller.Named> bearer(String token, AuthState state);
}
