package io.orlop.wire.service;

import java.util.List;

/// A piece of the stream that registry-service sends: first everything as it is, then what changes, fact by fact. Later
/// facts replace earlier ones of the same [Fact.Id].
///
/// ```
///   anew  n1 p1 r1 r2   complete        r2'         r1 gone        …
///   └ forget, once this is complete, whatever was not told since
/// ```
///
/// @param at the place in the stream after this piece
/// @param anew whether the stream starts over with this piece: what it does not tell until it is complete is not there
/// @param complete whether everything known when the stream was opened has been told
public record Observation(Cursor at, List<News> news, boolean anew, boolean complete) {
    public Observation {
        news = List.copyOf(news);
    }

    /// What became of one thing.
    public sealed interface News {
        /// It is as the fact says.
        record Seen(Fact fact) implements News {}

        /// Its node does not have it any more; for a node, its spec was deleted.
        record Gone(Fact.Id id) implements News {}
    }

    /// A place in the stream. From a cursor of the same epoch the stream resumes with what changed since; from any
    /// other it starts over.
    public record Cursor(String epoch, long sequence) {
        public static final Cursor START = new Cursor("", 0);

        /// Whether what is at `other` has been seen here.
        public boolean covers(Cursor other) {
            return epoch.equals(other.epoch) && sequence >= other.sequence;
        }
    }
}
