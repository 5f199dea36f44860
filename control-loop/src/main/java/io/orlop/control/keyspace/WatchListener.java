package io.orlop.control.keyspace;

import java.util.List;
import java.util.Set;

/// Hears what happens below a prefix: every event once, in order, never two calls at a time.
public interface WatchListener {
    /// May carry no events: then only time has passed.
    void changed(Changes changes);

    /// A part of what a listing finds, while the rest is still being read: true of now, in the order of the keys, and
    /// perhaps told again if the reading has to begin anew. Who knows nothing until all is told leaves it: then
    /// [#changed(Changes)] tells it with the rest, and all of it is in memory until then.
    ///
    /// @return whether it was taken
    default boolean listed(List<Event> part) {
        return false;
    }

    /// Whether it knows itself what it was told, so that nobody needs to remember that for it: then a listing is told
    /// whole, in parts that it takes, and at the end of it which keys there were.
    default boolean remembers() {
        return false;
    }

    /// A listing has ended: whatever else it was told before is not there any more. Only for those who remember.
    ///
    /// @param found all keys of the listing
    /// @param revision which the listing is of: what came later is no part of it
    default void listedAll(Set<String> found, long revision) {}

    /// A stream from the store stands: what happens from now on is told at once.
    default void following() {}

    /// The stream broke and is being made again: nothing is lost, but until [#following()] what is known may be old.
    default void interrupted(String why) {}
}
