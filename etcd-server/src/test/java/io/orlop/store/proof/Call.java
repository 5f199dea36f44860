package io.orlop.store.proof;

import io.orlop.store.api.Denial;
import io.orlop.store.api.Operation;
import io.orlop.store.api.Outcome;

/// One call of one client, as somebody with a clock saw it from outside.
///
/// @param invoked when it was asked, by a clock that no two moments share
/// @param returned when it was answered; the end of time if nobody knows what came of it
record Call(Request request, long invoked, long returned, Answer answer) {
    sealed interface Request {
        record Do(Operation operation) implements Request {}

        record Compact(long revision) implements Request {}
    }

    sealed interface Answer {
        record Done(Outcome outcome) implements Answer {}

        record Compacted() implements Answer {}

        /// Nothing was changed.
        record Refused(Denial why) implements Answer {}

        /// The connection broke, or the disk: it may have happened, may happen yet, or never.
        record Unknown() implements Answer {}
    }

    static Call unknown(Request request, long invoked) {
        return new Call(request, invoked, Long.MAX_VALUE, new Answer.Unknown());
    }

    boolean isUnknown() {
        return answer instanceof Answer.Unknown;
    }

    @Override
    public String toString() {
        return "[" + invoked + ", " + (isUnknown() ? "?" : returned) + "] " + request + " → " + answer;
    }
}
