package io.orlop.model;

/// How much larger a volume's copies are than the volume. A nexus keeps the front and the tail of each copy for itself,
/// and leaves out the last block of what it was asked for: so Mayastor counts, and a device must not change its size
/// when it moves between its nodes and ours. What hosts see is at least what the user asked for because the control
/// plane asks for more.
///
/// ```
///   of each copy    0           5 MiB                                    end - 16 KiB
///                   ├─ the nexus's ─┼─ what hosts see ─────────────┬─ block ─┼─ the nexus's ─┤
///   asked of nodes                  ├─ volume, in blocks of 4 KiB ─┴─ block ─┤
/// ```
///
/// In blocks of 4 KiB, the largest that devices have, since nobody says which a pool's have: with those a volume of
/// 64 MiB is a device of 64 MiB, with blocks of 512 bytes one of seven blocks more.
public final class Headroom {
    public static final Bytes FRONT = Bytes.mib(5);
    public static final Bytes TAIL = Bytes.kib(16);
    private static final Bytes BLOCK = Bytes.kib(4);
    private static final Bytes AROUND = FRONT.plus(TAIL).plus(BLOCK);

    private Headroom() {}

    /// What each copy of a volume is asked to hold.
    public static Bytes replica(Bytes volume) {
        return volume.roundedUpTo(BLOCK).plus(BLOCK).plus(AROUND);
    }

    /// What a nexus over such copies is asked to be.
    public static Bytes nexus(Bytes replica) {
        return replica.minus(AROUND);
    }

    /// The largest volume whose copies take no more than this; zero if there is none.
    public static Bytes volume(Bytes room) {
        long blocks = room.minus(AROUND).minus(BLOCK).count() / BLOCK.count();
        return Bytes.of(blocks * BLOCK.count());
    }
}
