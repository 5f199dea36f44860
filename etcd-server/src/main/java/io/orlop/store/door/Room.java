package io.orlop.store.door;

import io.orlop.store.engine.Budget;
import java.lang.management.ManagementFactory;

/// What all connections of a door together may take in memory. Who has little gets more where those who have much get
/// nothing.
/// ```
///   connections  │▓▓▓▓▓▓▓▓▓▓▓▓▓│      │     a quarter; and of the process's files
///                                           no more than three in four, nor those that others need,
///                                           for all doors together
///   calls        │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░│   half; from the half of that on, only for
///                                                       connections that have few
///   unsent       │▓▓▓▓▓▓▓▓▓▓▓▓▓│      │     a quarter: answers that wait to be sent. When it is full, who has some of
///                                           it is not listened to. Those to ranges have a budget of their own
/// ```
/// Halves of messages, and of other requests' bodies, are not in the heap, but as much beside it.
final class Room {
    /// What a connection takes, with its codec's tables.
    private static final long CONNECTION_BYTES = 16 << 10;

    /// What a call takes while it is open, beside its messages.
    private static final long CALL_BYTES = 4 << 10;

    /// So many calls a connection may have in any case.
    private static final int FEW_CALLS = 8;

    /// More than one of the largest requests that are usual.
    private static final long HALVES_BYTES_MIN = 8 << 20;

    /// What the process opens beside connections while it runs: parts of the log, snapshots, certificates.
    static final long FILES_OF_OTHERS = 64;

    /// However little memory there is: who watches over the process has some of them open as well.
    private static final long CONNECTIONS_MIN = 64;

    /// However few files there are.
    private static final long FILES_MIN = 8;

    private final Budget connections;
    private final boolean filesAreFew;
    private final Budget calls;
    private final Budget unsent;
    private final Budget halves;

    /// @param files that are there for its connections
    Room(long bytes, long files) {
        long fitting = Math.max(CONNECTIONS_MIN, bytes / 4 / CONNECTION_BYTES);
        filesAreFew = files < fitting;
        connections = new Budget(Math.max(FILES_MIN, Math.min(fitting, files)));
        calls = new Budget(bytes / 2 / CALL_BYTES);
        unsent = new Budget(bytes / 4);
        halves = new Budget(Math.max(bytes, HALVES_BYTES_MIN));
    }

    /// @param most that the process may open
    /// @param open of them now, or soon
    record Files(long most, long open) {
        static Files ofThisProcess() {
            return ManagementFactory.getOperatingSystemMXBean()
                            instanceof com.sun.management.UnixOperatingSystemMXBean system
                    ? OpenFiles.countedIn(system)
                    : new Files(Long.MAX_VALUE, 0);
        }

        /// Who cannot open a part of the log any more takes no changes: connections leave some for that.
        ///
        /// @param share of all connections that there may be
        long forConnections(double share) {
            return (long) (Math.min(most / 4 * 3, most - open - FILES_OF_OTHERS) * share);
        }
    }

    /// Somebody comes, who leaves again if this says no.
    boolean connects() {
        return connections.tryTake(1);
    }

    /// Somebody comes, for whom somebody else leaves in this moment.
    void connectsForAnother() {
        connections.take(1);
    }

    long connectionsMax() {
        return connections.most();
    }

    /// Whether there would be memory for more connections than there are files for.
    boolean filesAreFew() {
        return filesAreFew;
    }

    void disconnects() {
        connections.giveBack(1);
    }

    /// @param others calls that the connection has already
    boolean calls(int others) {
        if (others >= FEW_CALLS && calls.isFilledTo(0.5)) return false;
        return calls.tryTake(1);
    }

    void hangsUp() {
        calls.giveBack(1);
    }

    Budget unsent() {
        return unsent;
    }

    Budget halves() {
        return halves;
    }
}
