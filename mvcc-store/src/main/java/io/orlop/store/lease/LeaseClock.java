package io.orlop.store.lease;

import java.util.function.LongSupplier;

/// The time that leases have: it passes only while those who would renew them can be heard. Belongs to the writer, who
/// says again and again up to when everybody was heard and answered. When that stops, because the process was stopped,
/// a collection took long or the disk does not answer, so does this clock, and goes on where it was.
/// ```
///   the machine's   0 ── 1 ── 2 ─ ─ ─ ─ ─ ─ ─ ─ ─ 7 ── 8 ── 9      stopped at 2, for 5
///   heard up to     0    1    2                   7    8    9
///   this one        0 ── 1 ── 2 ─┤ 2.4            2.4─ 3.4─ 4.4    0.4 of a silence counts: most are no more than a
///                                                                  busy machine, and a slow disk must not keep the
///                                                                  leases of the dead for ever
/// ```
/// What waits at the door after a pause is heard before any lease ends that had as much left. While the machine sleeps,
/// its own clock stands still too.
public final class LeaseClock {
    /// How often the writer says that it heard everybody, while there are leases.
    public static final long TICK_NANOS = 200_000_000;

    private static final long SILENCE_NANOS_MAX = 2 * TICK_NANOS;

    private final LongSupplier machine;
    private long heard;

    /// How much of the machine's time did not count.
    private long deaf;

    /// @param machine a clock that never goes back, in nanoseconds
    public LeaseClock(LongSupplier machine) {
        this.machine = machine;
        this.heard = machine.getAsLong();
    }

    public long nanos() {
        return heard + Math.min(machine.getAsLong() - heard, SILENCE_NANOS_MAX) - deaf;
    }

    /// Whatever came before this moment, of the machine's clock, was heard and answered.
    public void heardUpTo(long moment) {
        long silence = moment - heard;
        if (silence <= 0) return;
        deaf += Math.max(0, silence - SILENCE_NANOS_MAX);
        heard = moment;
    }
}
