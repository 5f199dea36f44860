package io.orlop.control.keyspace;

import org.jspecify.annotations.Nullable;

/// The store gave no answer.
public final class StoreUnavailableException extends RuntimeException {
    private final boolean outcomeUnknown;

    private StoreUnavailableException(String message, boolean outcomeUnknown, @Nullable Throwable cause) {
        super(message, cause);
        this.outcomeUnknown = outcomeUnknown;
    }

    /// The call did not reach the store, or was refused there, or changes nothing.
    public static StoreUnavailableException untouched(String call, String why, @Nullable Throwable cause) {
        return new StoreUnavailableException("the store did not do \"" + call + "\": " + why, false, cause);
    }

    /// The call may have been carried out although no answer came.
    public static StoreUnavailableException outcomeUnknown(String call, String why, @Nullable Throwable cause) {
        return new StoreUnavailableException(
                "the store did not answer \"" + call + "\": " + why + "; it may have been done all the same",
                true,
                cause);
    }

    /// Whether a change may have been kept although this was thrown.
    public boolean outcomeUnknown() {
        return outcomeUnknown;
    }
}
