package io.orlop.store.engine;

import io.orlop.disk.Directory;
import io.orlop.store.api.Alarm;
import io.orlop.store.api.Denial;
import io.orlop.store.api.DeniedException;
import io.orlop.store.api.Operation;
import io.orlop.store.log.Log;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether there is room for more: under the quota, on the disk, and in memory.
///
/// ```
///   the quota    │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│░░│    refused from the first request that does not fit,
///                  log                        5 %         until 5 % are free
///   the disk     │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│        │██████████│    the headroom is for deletions, compactions and the
///                  log and others            headroom      copies that give room back
///                                         + a reserve      a file, given up when others took even that
///   in memory    │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│░░│    refused until 5 % are free: see [Memory]
/// ```
/// A request costs what etcd says it costs. Compactions cost nothing and are never refused. A deletion is, if the room
/// that is left, with the reserve, would be too small for it: see [#bytes]. Nobody has to switch the alarm off: it goes
/// when there is room again. Belongs to the writer's thread.
final class Space implements DeletionRoom {
    private static final long PUT_COST = 256;
    static final long LEASE_COST = 64;

    /// The headroom is this many times the reserve.
    private static final int HEADROOM = 8;

    /// Of the reserve, this part is let in between two looks at the disk.
    private static final int UNSEEN_PART = 8;

    private final Log log;
    private final Directory disk;
    private final Alarms alarms;
    private final Memory memory;
    private final long quotaBytes;
    private final long reserveBytes;
    private long usableBytes;

    /// What the last look at the disk did not see: what was on its way then, and what was let in since.
    private long unseenBytes;

    private long admittedBytes;
    private long refusedCost;

    Space(Log log, Directory disk, Alarms alarms, Memory memory, StoreOptions options) {
        this.memory = memory;
        this.log = log;
        this.disk = disk;
        this.alarms = alarms;
        this.quotaBytes = options.quotaBytes();
        this.reserveBytes = options.reserveBytes();
        if (reserveBytes > 0) log.segments().spare(reserveBytes);
        usable();
    }

    /// Puts the reserve aside, if the disk has room for it. A disk that does not know its limits has none that we could
    /// respect.
    void keepReserve() {
        boolean limited = reserveBytes > 0 && usableBytes < Long.MAX_VALUE;
        if (limited && usableBytes > reserveBytes * 2) log.keepReserve(reserveBytes);
    }

    /// @throws DeniedException if there is no room for something of this cost
    void admit(long cost) {
        if (cost == 0) return;
        boolean fits = fits(cost);
        if (!fits) refusedCost = cost;
        if (!fits || alarms.isSwitched(Alarm.Kind.NO_SPACE)) throw new DeniedException(Denial.NO_SPACE);
        unseenBytes += cost;
        admittedBytes += cost;
        if (log.reserveIsSpent()) keepReserve();
    }

    /// Whether keys, users and the like may become more, as far as memory goes.
    boolean hasMemory() {
        return memory.hasRoom(alarms.isScarce());
    }

    /// Looks anew. Who asks for the alarms has this done: those who wait for the alarm to end may send nothing else.
    ///
    /// @return whether there is room for what was refused last
    boolean look() {
        return fits(refusedCost);
    }

    private boolean fits(long cost) {
        boolean was = alarms.isScarce() || log.reserveIsSpent();
        if (reserveBytes > 0 && (was || admittedBytes + cost > reserveBytes / UNSEEN_PART)) usable();
        boolean fits = memory.hasRoom(was) && fitsQuota(cost, was) && fitsDisk(cost, was);
        alarms.scarce(!fits);
        return fits;
    }

    private boolean fitsQuota(long cost, boolean was) {
        if (quotaBytes < 0) return true;
        long limit = was ? quotaBytes - quotaBytes / 20 : quotaBytes;
        return log.bytesToBe() + cost < limit;
    }

    private boolean fitsDisk(long cost, boolean was) {
        if (reserveBytes == 0 || usableBytes == Long.MAX_VALUE) return true;
        long least = HEADROOM * reserveBytes;
        // Room for the reserve, if it has to be put back, and for what is let in between two looks. Not more: a disk
        // that had room enough before others filled it has room enough when they have given it back.
        if (log.reserveIsSpent()) least += reserveBytes;
        if (was) least += reserveBytes / UNSEEN_PART;
        return usableBytes - unseenBytes - cost > least;
    }

    /// About half of what there is, so that footers, which another thread writes meanwhile, and the next part of
    /// what was too much fit as well. Never the last half of the reserve: a compaction, and the beginning of the
    /// next segment, need that.
    /// ```
    ///   free and reserve   │▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓│░░░░░░░░░░░░░░│
    ///                        half and a reserve      kept
    /// ```
    @Override
    public long bytes() {
        if (reserveBytes == 0) return Long.MAX_VALUE;
        boolean near = usableBytes - unseenBytes < 2 * HEADROOM * reserveBytes;
        if (near || admittedBytes > reserveBytes / UNSEEN_PART) usable();
        if (usableBytes == Long.MAX_VALUE) return Long.MAX_VALUE;
        long all = usableBytes - unseenBytes + (log.reserveIsSpent() ? 0 : reserveBytes);
        return all - Math.max(reserveBytes / 2, all / 2 - reserveBytes);
    }

    @Override
    public void take(long bytes) {
        unseenBytes += bytes;
        admittedBytes += bytes;
        log.expect(bytes);
    }

    /// What to tell whoever starts a store on a disk that will take no puts; null if it takes some.
    @Nullable
    String tooLittle() {
        if (fitsDisk(0, false)) return null;
        return "puts are refused: the disk has " + (Math.max(0, usableBytes) >> 20) + " MiB free, and "
                + (HEADROOM * reserveBytes >> 20)
                + " MiB are left for deletions and compactions; give the store a larger disk, or make room on it";
    }

    /// What is on its way counts as not yet there, even if it arrives before the look.
    private void usable() {
        unseenBytes = log.bytesToBe() - log.bytes();
        admittedBytes = 0;
        try {
            usableBytes = disk.usableBytes();
        } catch (IOException unknown) {
            usableBytes = Long.MAX_VALUE;
        }
    }

    static long cost(Operation operation) {
        return switch (operation) {
            case Operation.Put put ->
                PUT_COST + put.key().length() + put.value().length();
            case Operation.Txn txn -> Math.max(cost(txn.success()), cost(txn.failure()));
            case Operation.Range _, Operation.Delete _ -> 0;
        };
    }

    private static long cost(List<Operation> branch) {
        long cost = 0;
        for (Operation operation : branch) cost += cost(operation);
        return cost;
    }
}
