package io.orlop.store.door;

import java.util.concurrent.atomic.AtomicInteger;

/// A thread of the door, by how many connections are its. Whoever has a thread to himself may have it wait for the
/// disk: it is *away* then, and nobody who comes gets into that lane.
/// ```
///   nobody 0 ⇄ 1 ⇄ 2 ⇄ 3 …         connections come and go
///              ⇅
///            away                  back before anybody else comes
/// ```
final class Lane {
    private static final int ALONE = 1;
    private static final int AWAY = -1;

    private final AtomicInteger connections = new AtomicInteger();

    int connections() {
        int count = connections.get();
        return count == AWAY ? Integer.MAX_VALUE : count;
    }

    /// Takes one more connection, unless the thread is away.
    boolean enter() {
        int count = connections.get();
        return count != AWAY && connections.compareAndSet(count, count + 1);
    }

    /// A connection ended; the thread itself says so.
    void exit() {
        connections.decrementAndGet();
    }

    /// @return false if there are others
    boolean leave() {
        return connections.compareAndSet(ALONE, AWAY);
    }

    void comeBack() {
        connections.set(ALONE);
    }
}
