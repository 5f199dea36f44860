package io.orlop.wire.status;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// A peer said nothing, or nothing in time: its refusal is ours, made up from what the line said. Whoever answers
/// `Unavailable` itself, because somebody behind it is away, is there.
public final class NoAnswerException extends RefusalException {
    private final boolean asked;

    public NoAnswerException(Refusal refusal) {
        this(refusal, true);
    }

    private NoAnswerException(Refusal refusal, boolean asked) {
        super(refusal, null);
        this.asked = asked;
    }

    /// The peer has been silent, and was not asked this time.
    public static NoAnswerException unasked(Refusal refusal) {
        return new NoAnswerException(refusal, false);
    }

    /// Whether the request may have reached the peer. If not, it may be made elsewhere, whatever it is.
    public boolean asked() {
        return asked;
    }
}
