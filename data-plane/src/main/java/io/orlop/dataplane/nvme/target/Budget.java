package io.orlop.dataplane.nvme.target;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/// An amount of memory that many connections share, each with an account of its own. What is not there is waited for.
///
/// ```
///   ██░░  █░░░  ░░░░  │ ▒▒▒▒▒▒▒▓▓▓▓▓▓▒▒▒.........................
///   reserves          │ shared: what accounts hold beyond theirs    free
/// ```
///
/// An account's reserve is its own, whatever others do. Beyond it, one that holds nothing may take half of what is
/// free, and one that does grows only while it holds no more than a quarter of what is free afterwards: so one flood
/// leaves room, also for the next. Who comes when all reserves are given away shares only.
///
/// Of those who wait the one who holds least goes first.
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
    private final AtomicLong reservable;
    private final AtomicLong arrivals = new AtomicLong();
    private final ReentrantLock lock = new ReentrantLock();
    private final TreeSet<Account> waiting = new TreeSet<>(
            Comparator.<Account>comparingLong(account -> account.rank).thenComparingLong(it -> it.id));
    private volatile boolean anybodyWaits;

    /// @param reserves what may be reserved, apart from what is shared
    /// @param accountMax what one account may hold beyond its reserve, however much is free
    Budget(long shared, long reserves, long accountMax) {
        this.size = shared + reserves;
        this.accountMax = accountMax;
        this.free = new AtomicLong(shared);
        this.reservable = new AtomicLong(reserves);
    }

    long size() {
        return size;
    }

    /// What is shared and not held.
    long free() {
        return free.get();
    }

    /// What is held or reserved.
    long taken() {
        return size - free.get() - reservable.get();
    }

    /// Whether there are claims that could not be met.
    boolean isShort() {
        return anybodyWaits;
    }

    Account open() {
        return new Account(arrivals.incrementAndGet());
    }

    /// Whether an account that holds this much beyond its reserve may take so much more while this much is free.
    static boolean mayTake(long held, long bytes, long free, long accountMax) {
        long left = free - bytes;
        return held == 0 ? bytes <= left : held + bytes <= Math.min(accountMax, left / 4);
    }

    /// One connection's part.
    final class Account {
        private final long id;
        private final AtomicLong held = new AtomicLong();
        private final ArrayDeque<Claim> claims = new ArrayDeque<>();
        private final AtomicBoolean givenUp = new AtomicBoolean();
        private long reserve;
        private volatile boolean ended;
        private long rank;
        private boolean closed;
        private volatile boolean waits;

        private Account(long id) {
            this.id = id;
        }

        /// Reserves so much more, if there is still something to reserve; while nobody else uses the account.
        void reserve(long bytes) {
            if (reservable.getAndUpdate(now -> bytes <= now ? now - bytes : now) < bytes) return;
            long shared = beyondReserve(held.get());
            reserve += bytes;
            free.addAndGet(shared - beyondReserve(held.get()));
        }

        long held() {
            return held.get();
        }

        long reserved() {
            return reserve;
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
            long before = held.getAndAdd(-bytes);
            free.addAndGet(beyondReserve(before) - beyondReserve(before - bytes));
            if (ended && before == bytes) giveUpReserve();
            else serveThoseWhoWait();
        }

        private void serveThoseWhoWait() {
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

        /// Nothing is taken any more. The reserve is everybody's when the last of what is held is given back.
        void end() {
            close();
            ended = true;
            if (held.get() == 0) giveUpReserve();
        }

        private void giveUpReserve() {
            if (!givenUp.compareAndSet(false, true)) return;
            reservable.addAndGet(reserve);
            serveThoseWhoWait();
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
            while (true) {
                long before = held.get();
                long shared = beyondReserve(before);
                long more = beyondReserve(before + bytes) - shared;
                if (!takeShared(shared, more)) return false;
                if (held.compareAndSet(before, before + bytes)) return true;
                free.addAndGet(more);
            }
        }

        private boolean takeShared(long shared, long more) {
            if (more == 0) return true;
            long now = free.get();
            while (mayTake(shared, more, now, accountMax)) {
                if (free.compareAndSet(now, now - more)) return true;
                now = free.get();
            }
            return false;
        }

        private long beyondReserve(long bytes) {
            return Math.max(0, bytes - reserve);
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
