package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// An operation that was promised and whose outcome is not written yet. A spec that carries one is dirty: a reconciler
/// asks the agent what is true and finishes it.
///
/// @param result what the agent answered, where the answer came but could not be kept
public record Pending<O>(O operation, @Nullable Boolean result) {
    public static <O> Pending<O> of(O operation) {
        return new Pending<>(operation, null);
    }
}
