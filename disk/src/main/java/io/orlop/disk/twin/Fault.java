package io.orlop.disk.twin;

import io.orlop.disk.DiskFullException;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// One thing that goes wrong with calls of some kinds, until it is mended:
/// ```
///   disk.faults().add(Fault.eio(Call.READ).within(0, 4096));          the first page cannot be read
///   disk.faults().add(Fault.eio(Call.FORCE).after(3).times(1));       the fourth force fails, and no other
///   Fault hung = disk.faults().add(Fault.hang(Call.WRITE)); … hung.mend();
/// ```
public final class Fault {
    /// What happens to a call that meets the fault: it fails, waits, or goes on.
    private interface Effect {
        void on(Fault fault) throws IOException;
    }

    private final Set<Call> calls;
    private final Effect effect;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long from;
    private long to = Long.MAX_VALUE;
    private long spared;
    private long left = Long.MAX_VALUE;
    private long met;
    private boolean mended;

    private Fault(List<Call> calls, Effect effect) {
        this.calls = EnumSet.copyOf(calls);
        this.effect = effect;
    }

    /// Calls fail. Of a write that fails some may have been written.
    public static Fault eio(Call... calls) {
        return new Fault(List.of(calls), _ -> {
            throw new IOException("input/output error");
        });
    }

    /// Writes find no room: those into a range, to leave what was given room before as it is.
    public static Fault full() {
        return new Fault(List.of(Call.WRITE), _ -> {
            throw new DiskFullException("no room");
        });
    }

    /// A force fails as on Linux: what it should have written counts as written, is read back as long as the machine
    /// is up and remembers it, and no later force writes it.
    public static Fault lostForce() {
        return new Fault(List.of(Call.FORCE), _ -> {
            throw new LostForceException();
        });
    }

    /// Calls do not return before the fault is mended; then they do what they should.
    public static Fault hang(Call... calls) {
        return new Fault(List.of(calls), Fault::awaitMended);
    }

    /// Something is done first: time passes, somebody else comes before.
    public static Fault first(Runnable what, Call... calls) {
        return new Fault(List.of(calls), _ -> what.run());
    }

    /// Only calls that touch this range meet it, and forces.
    public Fault within(long offset, long length) {
        from = offset;
        to = Math.addExact(offset, length);
        return this;
    }

    /// As many are let through before.
    public Fault after(long calls) {
        spared = calls;
        return this;
    }

    /// It is over after as many.
    public Fault times(long calls) {
        left = calls;
        return this;
    }

    public void mend() {
        locked(() -> mended = true);
    }

    /// Returns when as many calls have met it in all.
    public void awaitMet(long calls) {
        lock.lock();
        try {
            while (met < calls) changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }

    public long met() {
        lock.lock();
        try {
            return met;
        } finally {
            lock.unlock();
        }
    }

    boolean meets(Call call, long offset, long length) {
        boolean touched = call == Call.FORCE || offset < to && offset + length > from;
        return calls.contains(call) && touched && count();
    }

    void happen() throws IOException {
        effect.on(this);
    }

    private boolean count() {
        lock.lock();
        try {
            if (mended || left == 0 || spared-- > 0) return false;
            left--;
            met++;
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Not for an interrupt: who waits for a disk that hangs cannot be woken.
    private void awaitMended() {
        lock.lock();
        try {
            while (!mended) changed.awaitUninterruptibly();
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
