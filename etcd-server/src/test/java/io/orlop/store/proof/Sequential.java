package io.orlop.store.proof;

import org.jspecify.annotations.Nullable;

/// What calls do when they come one after the other.
///
/// @param <S> a state that never changes; another one is made
interface Sequential<S> {
    S start();

    /// @return the state after the call, the same object if it changed nothing; null if the call cannot have been
    ///     answered like this, or was of no known outcome and would change nothing
    @Nullable
    S after(S state, Call call);

    /// Whether the call's answer can never be right any more.
    boolean isTooLate(S state, Call call);

    /// What is equal when the states are; that it is equal otherwise must be as good as impossible.
    Object fingerprint(S state);
}
