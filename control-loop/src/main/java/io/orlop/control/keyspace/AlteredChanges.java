package io.orlop.control.keyspace;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/// Tells a listener what has changed in another way, or at another time, and everything else as it is.
///
/// @param altered called for all that is told, before it is
public record AlteredChanges(WatchListener listener, UnaryOperator<Changes> altered) implements WatchListener {
    @Override
    public void changed(Changes changes) {
        listener.changed(altered.apply(changes));
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
