package io.orlop.store.watch;

import io.orlop.store.api.Event;
import io.orlop.store.log.Bookmark;
import java.util.List;

/// What came of a look at the past for those who want the same.
sealed interface Told {
    /// Some events, of whole revisions.
    ///
    /// @param end everything up to its revision is said with them; what comes next is there
    record Piece(List<Event> events, Bookmark end) implements Told {}

    /// What is wanted is gone.
    record Compacted() implements Told {}

    /// The disk cannot read what is wanted.
    record Unreadable(String why) implements Told {}
}
