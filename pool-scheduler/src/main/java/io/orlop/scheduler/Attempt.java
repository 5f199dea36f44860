package io.orlop.scheduler;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import java.util.Optional;
import java.util.function.Function;
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

    /// Where the answer leaves open what is true, the node is asked what it has.
    ///
    /// @param judge whether what it has is what it was asked for
    default Attempt<T> settled(Supplier<Optional<T>> look, Function<T, Attempt<T>> judge) {
        return switch (this) {
            case Done<T> done -> done;
            case Refused<T>(Refusal.AlreadyExists said) -> found(look, judge, () -> this);
            case Refused<T> refused -> refused;
            // It has ended, so what is not there now will not be.
            case Unclear<T>(Refusal.Failed said) -> found(look, judge, () -> new Refused<>(said));
            case Unclear<T> unclear -> found(look, judge, () -> unclear);
        };
    }

    /// Asks the node what it has.
    ///
    /// @param otherwise where the node has nothing of the kind
    static <T> Attempt<T> found(
            Supplier<Optional<T>> look, Function<T, Attempt<T>> judge, Supplier<Attempt<T>> otherwise) {
        return switch (of(look)) {
            case Done<Optional<T>>(Optional<T> found) -> found.map(judge).orElseGet(otherwise);
            case Refused<Optional<T>>(Refusal said) -> new Unclear<>(said);
            case Unclear<Optional<T>>(Refusal said) -> new Unclear<>(said);
        };
    }
}
