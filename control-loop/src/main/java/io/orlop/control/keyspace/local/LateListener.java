package io.orlop.control.keyspace.local;

import io.orlop.control.keyspace.Changes;
import io.orlop.control.keyspace.Event;
import io.orlop.control.keyspace.WatchListener;
import java.util.List;
import java.util.Set;

/// Takes in what has changed a while after it was told.
record LateListener(WatchListener listener, Runnable pause) implements WatchListener {
    @Override
    public void changed(Changes changes) {
        pause.run();
        listener.changed(changes);
    }

    @Override
    public boolean listed(List<Event> part) {
        return listener.listed(part);
    }

    @Override
    public boolean remembers() {
        return listener.remembers();
    }

    @Override
    public void listedAll(Set<String> found, long revision) {
        listener.listedAll(found, revision);
    }

    @Override
    public void following() {
        listener.following();
    }

    @Override
    public void interrupted(String why) {
        listener.interrupted(why);
    }
}
