package io.orlop.model;

import org.jspecify.annotations.Nullable;

/// Carries a [Refusal] to the edge that answers the caller. It has no stack trace: it is an answer, not a failure.
public class RefusalException extends RuntimeException {
    private final transient Refusal refusal;

    public RefusalException(Refusal refusal) {
        this(refusal, null);
    }

    protected RefusalException(Refusal refusal, @Nullable Throwable cause) {
        super(refusal.text(), cause, false, false);
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
