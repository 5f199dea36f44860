package io.orlop.control.keyspace;

import io.orlop.model.Refusal;
import io.orlop.model.RefusalException;
import org.jspecify.annotations.Nullable;

/// The store gave no answer, or none that helps now. To whoever asked for something that needs the store, this is a
/// refusal like any other:
/// `Unavailable`, or `TimedOut` where a change may have been kept all the same.
public final class StoreUnavailableException extends RefusalException {
    private final boolean outcomeUnknown;

    private StoreUnavailableException(Refusal refusal, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(refusal, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /// The call did not reach the store, or was refused there, or changes nothing.
    public static StoreUnavailableException untouched(String call, String why, @Nullable Throwable cause) {
        var refusal = new Refusal.Unavailable(
                "the store did not do \"" + call + "\": " + why, "retry when the store is back");
        return new StoreUnavailableException(refusal, false, cause);
    }

    /// The store answered no, for a reason that somebody can put away.
    public static StoreUnavailableException refused(String call, String why, String remedy) {
        var refusal = new Refusal.Unavailable("the store did not do \"" + call + "\": " + why, remedy);
        return new StoreUnavailableException(refusal, false, null);
    }

    /// The call may have been carried out although no answer came.
    public static StoreUnavailableException outcomeUnknown(String call, String why, @Nullable Throwable cause) {
        var refusal = new Refusal.TimedOut(
                "the store did not answer \"" + call + "\": " + why + "; it may have been done all the same",
                "read what is there before you retry");
        return new StoreUnavailableException(refusal, true, cause);
    }

    /// Whether a change may have been kept although this was thrown.
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
