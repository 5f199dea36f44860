package io.orlop.standalone;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;

/// What was started, to be stopped in the opposite order. One that does not stop in good order keeps no other from it.
final class Parts implements AutoCloseable {
    private static final Logger LOG = System.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> started = new ConcurrentLinkedDeque<>();

    <T extends AutoCloseable> T keep(T part) {
        started.push(part);
        return part;
    }

    <T> T keep(T part, Consumer<T> stop) {
        started.push(() -> stop.accept(part));
        return part;
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception failure) {
                LOG.log(Level.WARNING, part + " did not stop in good order", failure);
            }
        }
    }
}
