package io.orlop.control.loop;

import java.time.Duration;

/// What a reconciler says of the id it was given.
public sealed interface Outcome {
    /// Nothing is left to do until somebody wakes it.
    record Settled() implements Outcome {}

    /// Progress was made or is awaited: look again after this long, or earlier if woken.
    record Again(Duration after) implements Outcome {}

    /// Something outside has to change first: look again when woken, or after a period.
    ///
    /// @param why a sentence for people, shown where the resource is shown
    record Blocked(String why) implements Outcome {}

    static Outcome settled() {
        return new Settled();
    }

    static Outcome again(Duration after) {
        return new Again(after);
    }

    static Outcome blocked(String why) {
        return new Blocked(why);
    }
}
