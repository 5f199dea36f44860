package io.orlop.store.web;

import java.util.LinkedHashSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Whose turn it is. etcd's gateway is a client of etcd's over one connection, so the calls through it may be as many
/// at a time as those of one connection, and the others wait in line.
///
/// ```
///   three at a time     a b c │ d e        a and b end     c d e │
/// ```
final class Turns {
    /// Of those who wait, too, there is an end.
    private static final int WAITING_MAX = 5_000;

    private final long most;
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkedHashSet<Runnable> waiting = new LinkedHashSet<>();
    private final AtomicInteger ends = new AtomicInteger();
    private long under;

    Turns(long most) {
        this.most = most;
    }

    /// Does this, now or when it is its turn; whoever does it says when it is [#end].
    ///
    /// @return false if too many wait already
    boolean take(Runnable call) {
        lock.lock();
        try {
            if (under >= most) return waiting.size() < WAITING_MAX && waiting.add(call);
            under++;
        } finally {
            lock.unlock();
        }
        call.run();
        return true;
    }

    /// Who does not want it any more does not stand in others' way. Nothing happens if it began.
    void leave(Runnable call) {
        lock.lock();
        try {
            waiting.remove(call);
        } finally {
            lock.unlock();
        }
    }

    /// One is over, and the next begins in its place. If that is over at once, the one after it begins here, too, and
    /// not within it.
    void end() {
        lock.lock();
        try {
            under--;
        } finally {
            lock.unlock();
        }
        if (ends.getAndIncrement() > 0) return;
        int seen = 1;
        do {
            for (Runnable next = next(); next != null; next = next()) next.run();
            seen = ends.addAndGet(-seen);
        } while (seen > 0);
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            if (under >= most) return null;
            Runnable next = waiting.isEmpty() ? null : waiting.removeFirst();
            if (next != null) under++;
            return next;
        } finally {
            lock.unlock();
        }
    }
}
