package io.orlop.control.keyspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Writes down what a watch tells: `put name=value` and `del name`.
final class Recorder implements WatchListener {
    private final String prefix;
    private final BlockingQueue<Changes> told = new LinkedBlockingQueue<>();

    Recorder(String prefix) {
        this.prefix = prefix;
    }

    @Override
    public void changed(Changes changes) {
        if (!changes.events().isEmpty()) told.add(changes);
    }

    /// Whether it was told anything that was not asked for.
    boolean isQuiet() {
        return told.isEmpty();
    }

    /// The next so many events, waiting for them if need be.
    List<String> next(int events) throws InterruptedException {
        var heard = new ArrayList<String>();
        while (heard.size() < events) {
            Changes changes = told.poll(20, TimeUnit.SECONDS);
            if (changes == null) throw new AssertionError("after " + heard + " nothing more was told");
            for (Event event : changes.events()) {
                String name = event.key().substring(prefix.length());
                heard.add(
                        switch (event) {
                            case Event.Put(KeyValue entry) -> "put " + name + "=" + new String(entry.value(), UTF_8);
                            case Event.Deleted _ -> "del " + name;
                        });
            }
        }
        return heard;
    }
}
