package io.orlop.control.keyspace;

import java.util.List;

/// Events of whole revisions, in order.
///
/// @param revision everything up to and including this revision has now been told
public record Changes(List<Event> events, long revision) {
    public Changes {
        events = List.copyOf(events);
    }
}
