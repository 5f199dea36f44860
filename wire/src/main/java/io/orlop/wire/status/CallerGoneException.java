package io.orlop.wire.status;

import io.grpc.Context;
import io.grpc.Deadline;
import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;

/// Whoever asked did not wait for the answer: its deadline passed, it cancelled, or our thread was interrupted. That
/// says nothing about the peer.
///
/// ```
///   our limit for the call ran out, and the caller still waits   ──► NoAnswerException: the peer is silent
///   the caller's deadline passed, or it cancelled                ──► CallerGoneException
/// ```
public final class CallerGoneException extends RefusalException {
    CallerGoneException(Refusal refusal) {
        super(refusal, null);
    }

    /// Whether nobody waits any more for what the present thread does.
    public static boolean isCallerGone() {
        Context caller = Context.current();
        Deadline deadline = caller.getDeadline();
        return caller.isCancelled()
                || deadline != null && deadline.isExpired()
                || Thread.currentThread().isInterrupted();
    }
}
