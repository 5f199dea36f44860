package io.orlop.store.watch;

import io.orlop.store.api.Event;
import java.util.List;

/// Events, the same if they are the very same objects: to look into them would cost as much as to encode them.
record SameEvents(List<Event> events) {
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof SameEvents(List<Event> others)) || others.size() != events.size()) return false;
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) != others.get(i)) return false;
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = events.size();
        for (Event event : events) hash = 31 * hash + System.identityHashCode(event);
        return hash;
    }
}
