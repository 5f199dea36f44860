package io.orlop.dataplane.nvme;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// An amount of memory that many connections share, each with an account of its own. What is not there is waited for.
///
/// Nobody can have all of it: an account grows only while it holds no more than is still free afterwards. So `n` that
/// want everything get a part of `n + 1` each and leave one, and who comes next finds room at once:
///
/// ```
///   one greedy    ████████████████................        held ½   free ½
///   two           ███████████▒▒▒▒▒▒▒▒▒▒▒..........        held ⅓   held ⅓   free ⅓
/// ```
///
/// Of those who wait the one who holds least goes first. One who holds nothing may always take what is free.
final class Budget {
    /// What becomes of a claim that could not be met at once.
    interface Waiter {
        /// The memory is yours. Called by whoever gave it back, so it must be quick.
        void granted();

        /// The account was closed before: there will be none.
        void dropped();
    }

    private record Claim(int bytes, Waiter waiter) {}

    private final long size;
    private final long accountMax;
    private final AtomicLong free;
    private final AtomicLong arrivals = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Account> waiting = new TreeSet<>(
            Comparator.<Account>comparingLong(account -> account.rank).thenComparingLong(it -> it.id));
    private volatile boolean anybodyWaits;

    /// @param accountMax what one account may hold, however much is free
    Budget(long size, long accountMax) {
        this.size = size;
        this.accountMax = accountMax;
        this.free = new AtomicLong(size);
    }

    long size() {
        return size;
    }

    long free() {
        return free.get();
    }

    /// Whether there are claims that could not be met.
    boolean isShort() {
        return anybodyWaits;
    }

    Account open() {
        return new Account(arrivals.incrementAndGet());
    }

    /// Whether an account that holds this much may take so much more while this much is free.
    static boolean mayTake(long held, long bytes, long free, long accountMax) {
        if (bytes > free) return false;
        return held == 0 || held + bytes <= Math.min(accountMax, free - bytes);
    }

    /// One connection's part.
    final class Account {
        private final long id;
        private final AtomicLong held = new AtomicLong();
        private final ArrayDeque<Claim> claims = new ArrayDeque<>();
        private long rank;
        private boolean closed;
        private volatile boolean waits;

        private Account(long id) {
            this.id = id;
        }

        long held() {
            return held.get();
        }

        /// Takes so much if it is there and none of this account's earlier claims waits.
        boolean take(int bytes) {
            return !waits && takeNow(bytes);
        }

        /// Takes so much, now or later.
        ///
        /// @return whether it was there; if not, the waiter hears once what becomes of it
        boolean claim(int bytes, Waiter waiter) {
            if (take(bytes)) return true;
            List<Waiter> met = new ArrayList<>();
            boolean refused;
            lock.lock();
            try {
                refused = closed;
                if (!refused) {
                    claims.add(new Claim(bytes, waiter));
                    line(this);
                    serve(met);
                }
            } finally {
                lock.unlock();
            }
            if (refused) waiter.dropped();
            boolean mine = met.remove(waiter);
            met.forEach(Waiter::granted);
            return mine;
        }

        void giveBack(int bytes) {
            held.addAndGet(-bytes);
            free.addAndGet(bytes);
            if (!anybodyWaits) return;
            List<Waiter> met = new ArrayList<>();
            lock.lock();
            try {
                line(this);
                serve(met);
            } finally {
                lock.unlock();
            }
            met.forEach(Waiter::granted);
        }

        /// Drops what waits; what is held is given back by those who hold it.
        void close() {
            List<Claim> dropped;
            List<Waiter> met = new ArrayList<>();
            lock.lock();
            try {
                closed = true;
                waiting.remove(this);
                dropped = List.copyOf(claims);
                claims.clear();
                line(this);
                serve(met);
            } finally {
                lock.unlock();
            }
            for (Claim claim : dropped) claim.waiter.dropped();
            met.forEach(Waiter::granted);
        }

        private boolean takeNow(int bytes) {
            long now = free.get();
            while (mayTake(held.get(), bytes, now, accountMax)) {
                if (free.compareAndSet(now, now - bytes)) {
                    held.addAndGet(bytes);
                    return true;
                }
                now = free.get();
            }
            return false;
        }
    }

    /// Puts an account where it belongs in the line. Its rank may change only while it is not in it.
    private void line(Account account) {
        waiting.remove(account);
        account.rank = account.held.get();
        account.waits = !account.claims.isEmpty();
        if (account.waits) waiting.add(account);
        anybodyWaits = !waiting.isEmpty();
    }

    private void serve(List<Waiter> met) {
        while (!waiting.isEmpty()) {
            Account least = waiting.first();
            Claim claim = least.claims.getFirst();
            if (!least.takeNow(claim.bytes)) return;
            least.claims.removeFirst();
            met.add(claim.waiter);
            line(least);
        }
    }
}
