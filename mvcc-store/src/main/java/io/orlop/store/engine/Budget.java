package io.orlop.store.engine;

import java.util.concurrent.atomic.AtomicLong;

/// So many bytes of memory for one purpose, which whoever needs some takes first and gives back afterwards. It keeps
/// nobody from anything by itself: who is told no does without.
/// ```
///   most   │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│          │
///           taken                  ◄── tryTake fits, or takes nothing
/// ```
/// Any thread may ask.
public final class Budget {
    private final long most;
    private final AtomicLong taken = new AtomicLong();

    public Budget(long most) {
        this.most = most;
    }

    /// A share of the heap that this process may have.
    public static Budget ofHeap(int parts) {
        return new Budget(Runtime.getRuntime().maxMemory() / parts);
    }

    /// Takes so much, if it is there.
    ///
    /// @return whether it was
    public boolean tryTake(long bytes) {
        while (true) {
            long before = taken.get();
            if (bytes > most - before) return false;
            if (taken.compareAndSet(before, before + bytes)) return true;
        }
    }

    /// Takes so much, whether or not it is there: for what cannot be refused any more.
    public void take(long bytes) {
        taken.addAndGet(bytes);
    }

    public void giveBack(long bytes) {
        long rest = taken.addAndGet(-bytes);
        assert rest >= 0 : "more given back than was taken";
    }

    /// What one of many takes, bit by bit, and gives back at once.
    public Share share() {
        return new Share(this);
    }

    public static final class Share {
        private final Budget budget;
        private final AtomicLong bytes = new AtomicLong();

        private Share(Budget budget) {
            this.budget = budget;
        }

        public boolean tryTake(long more) {
            if (!budget.tryTake(more)) return false;
            bytes.addAndGet(more);
            return true;
        }

        /// Whether others may soon be told no, since so much is taken by all together.
        public boolean isScarce() {
            return budget.isFilledTo(0.5);
        }

        /// All of it. Nothing happens if it was given back already.
        public void giveBack() {
            budget.giveBack(bytes.getAndSet(0));
        }
    }

    public long taken() {
        return taken.get();
    }

    public long most() {
        return most;
    }

    /// @param share of all of it, from 0 to 1
    public boolean isFilledTo(double share) {
        return taken.get() >= most * share;
    }
}
