package io.orlop.control.keyspace;

/// Hears what happens below a prefix: every event once, in order, never two calls at a time.
public interface WatchListener {
    /// May carry no events: then only time has passed.
    void changed(Changes changes);

    /// A stream from the store stands: what happens from now on is told at once.
    default void following() {}

    /// The stream broke and is being made again: nothing is lost, but until [#following()] what is known may be old.
    default void interrupted(String why) {}
}
