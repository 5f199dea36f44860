package io.orlop.scheduler;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.util.function.Supplier;

/// What became of asking a node for something.
sealed interface Attempt<T> {
    record Done<T>(T value) implements Attempt<T> {}

    /// The node said no, and did nothing.
    record Refused<T>(Refusal refusal) implements Attempt<T> {}

    /// Nobody knows: it may have happened, or happen yet.
    record Unclear<T>(Refusal refusal) implements Attempt<T> {}

    static <T> Attempt<T> of(Supplier<T> request) {
        try {
            return new Done<>(request.get());
        } catch (RefusalException refused) {
            Refusal said = refused.refusal();
            return said.mayHaveHappened() ? new Unclear<>(said) : new Refused<>(said);
        }
    }
}
