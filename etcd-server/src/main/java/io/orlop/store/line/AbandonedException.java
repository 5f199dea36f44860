package io.orlop.store.line;

/// Whoever waited does not want to any more. Carries no stack trace: it is an end, not an accident.
public final class AbandonedException extends Exception {
    AbandonedException() {
        super("nobody waits for this any more", null, false, false);
    }
}
