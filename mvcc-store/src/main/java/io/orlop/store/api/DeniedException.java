package io.orlop.store.api;

/// The store said no. Carries no stack trace: it is an answer, not an accident.
public final class DeniedException extends RuntimeException {
    private final Denial denial;

    public DeniedException(Denial denial) {
        super(denial.text(), null, false, false);
        this.denial = denial;
    }

    public Denial denial() {
        return denial;
    }
}
