package io.orlop.model;

/// Carries a [Refusal] to the edge that answers the caller. It has no stack trace: it is an answer, not a failure.
public final class RefusalException extends RuntimeException {
    private final transient Refusal refusal;

    public RefusalException(Refusal refusal) {
        super(refusal.text(), null, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
