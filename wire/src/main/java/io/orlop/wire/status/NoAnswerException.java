package io.orlop.wire.status;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// A peer said nothing, or nothing in time: its refusal is ours, made up from what the line said. Whoever answers
/// `Unavailable` itself, because somebody behind it is away, is there.
public final class NoAnswerException extends RefusalException {
    public NoAnswerException(Refusal refusal) {
        super(refusal);
    }
}
