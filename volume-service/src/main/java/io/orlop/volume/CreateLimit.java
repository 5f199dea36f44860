package io.orlop.volume;

import io.orlop.control.guard.Turnstile;
import io.orlop.model.Refusal;
import io.orlop.model.ambient.Ambient;
import java.time.Duration;
import java.util.function.Supplier;

/// Lets only so many volumes be created at a time, in the order they were asked for, and turns away who has waited too
/// long: a burst of claims must not make every one of them late.
final class CreateLimit {
    private final Turnstile turnstile;
    private final int most;
    private final Duration patience;

    CreateLimit(Ambient ambient, int most, Duration patience) {
        this.turnstile = new Turnstile(ambient, most);
        this.most = most;
        this.patience = patience;
    }

    <R> R within(String what, Supplier<R> creation) {
        if (!entered()) {
            throw new Refusal.Aborted(
                            "%s waited %d s while %d others were created".formatted(what, patience.toSeconds(), most),
                            "try again")
                    .exception();
        }
        try {
            return creation.get();
        } finally {
            turnstile.leave();
        }
    }

    private boolean entered() {
        try {
            return turnstile.enter(patience);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
