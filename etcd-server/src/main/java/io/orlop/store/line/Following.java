package io.orlop.store.line;

import io.orlop.store.api.Event;
import io.orlop.store.api.KeyRange;
import io.orlop.store.api.KeyValue;
import io.orlop.store.api.Outcome;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Follows a line's front: whoever it is, and what it says, in order. Of those who came and went meanwhile it may miss
/// some, never the latest.
public final class Following {
    /// @param revision the store's when it said so
    public record Said(KeyValue by, long revision) {}

    private final Line line;
    private final Watching watching;
    private final Deque<Said> known = new ArrayDeque<>();
    private boolean inFront;

    public Following(Line line, Watching watching) {
        this.line = line;
        this.watching = watching;
    }

    /// Waits for the next thing said from the front.
    public Said next() throws AbandonedException {
        while (known.isEmpty()) {
            if (inFront) listen();
            else look();
        }
        watching.ensureWanted();
        return known.removeFirst();
    }

    private void look() throws AbandonedException {
        Outcome.Ranged front = line.front();
        if (front.kvs().isEmpty()) {
            watching.watch(line.places(), front.revision() + 1);
            watching.news();
            return;
        }
        KeyValue first = front.kvs().getFirst();
        known.add(new Said(first, front.revision()));
        watching.watch(KeyRange.single(first.key()), front.revision() + 1);
        inFront = true;
    }

    private void listen() throws AbandonedException {
        List<Event> news = watching.news();
        if (news.isEmpty()) inFront = false;
        for (Event event : news) {
            if (event.kind() == Event.Kind.DELETE) {
                inFront = false;
                return;
            }
            known.add(new Said(event.kv(), event.revision()));
        }
    }
}
