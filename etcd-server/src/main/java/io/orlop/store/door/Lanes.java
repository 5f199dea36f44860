package io.orlop.store.door;

import static java.util.Objects.requireNonNull;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorChooserFactory;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Gives each new connection to the thread that has the fewest, and to none that waits for the disk. Since one waits at
/// a time and there are two at least, there is always another.
final class Lanes implements EventExecutorChooserFactory {
    private final Map<EventExecutor, Lane> lanes = new LinkedHashMap<>();

    @Override
    public EventExecutorChooser newChooser(EventExecutor[] threads) {
        for (EventExecutor thread : threads) lanes.put(thread, new Lane());
        return this::next;
    }

    private EventExecutor next() {
        while (true) {
            var least = Collections.min(lanes.entrySet(), Comparator.comparingInt(lane -> lane.getValue()
                    .connections()));
            if (least.getValue().enter()) return least.getKey();
        }
    }

    Lane of(EventExecutor thread) {
        return requireNonNull(lanes.get(thread));
    }
}
