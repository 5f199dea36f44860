package io.orlop.dataplane.pool;

import java.util.concurrent.locks.ReentrantLock;

/// Who writes to pieces of a cluster for the first time takes turns with others who do: one lock for every so many
/// clusters, taken in the order of the locks, so that nobody waits in a circle.
final class Turns {
    private static final int COUNT = 16;

    private final ReentrantLock[] locks = new ReentrantLock[COUNT];

    Turns() {
        for (int i = 0; i < COUNT; i++) locks[i] = new ReentrantLock();
    }

    /// Of a range of clusters, both ends included.
    void take(int first, int last) {
        for (int i = 0; i < COUNT; i++) {
            if (concerns(i, first, last)) locks[i].lock();
        }
    }

    void end(int first, int last) {
        for (int i = 0; i < COUNT; i++) {
            if (concerns(i, first, last)) locks[i].unlock();
        }
    }

    private static boolean concerns(int lock, int first, int last) {
        return last - first >= COUNT - 1 || Math.floorMod(lock - first, COUNT) <= last - first;
    }
}
