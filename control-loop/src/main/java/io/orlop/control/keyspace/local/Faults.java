package io.orlop.control.keyspace.local;

import java.time.Duration;

/// Decides what becomes of each call of one client on its way to the store and back. The store itself does not fail:
/// what a client can see of a store that fails is calls that are late, lost, refused, or answered into the void.
@FunctionalInterface
public interface Faults {
    Faults NONE = _ -> new Fate.Delivered(Duration.ZERO, Duration.ZERO);

    /// @param call the name of the call: get, load, commit, watch, grant, keepAlive, revoke
    Fate fate(String call);

    /// How long the client takes before it takes in what a watch tells it next.
    default Duration late() {
        return Duration.ZERO;
    }

    sealed interface Fate {
        /// The request takes so long there and the answer so long back.
        record Delivered(Duration there, Duration back) implements Fate {}

        /// The store never sees the request; the client gives up after this long.
        record RequestLost(Duration noticed) implements Fate {}

        /// The store is there and says no: it has no room, or does not know who asks.
        record Refused(String why) implements Fate {}

        /// The store does what was asked and the answer is lost; the client gives up after this long.
        record AnswerLost(Duration noticed) implements Fate {}
    }
}
