package io.orlop.dataplane.pool;

/// A range within one cluster, seen as pieces, a bit each: bit 0 is the cluster's first 1/64.
///
/// ```
///   piece        0        1        2        3
///            ├────────┼────────┼────────┼────────┤
///   range          ▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒                touched 0b0111, covered 0b0010
///            ╰────╯                   ╰──╯             zeroed before and after, where 0 and 2 were never written
/// ```
///
/// @param size of a piece, in bytes
/// @param from where the range begins, in bytes from the cluster's begin
/// @param length at least 1
record Pieces(long size, long from, long length) {
    private int first() {
        return (int) (from / size);
    }

    private int last() {
        return (int) ((end() - 1) / size);
    }

    private long end() {
        return from + length;
    }

    /// Those that have a byte of the range.
    long touched() {
        return bits(first(), last() + 1);
    }

    /// Those of which all bytes are in the range.
    long covered() {
        return bits((int) Math.ceilDiv(from, size), (int) (end() / size));
    }

    /// How many bytes before the range must read as zeroes from now on, because the piece was never written.
    long before(long written) {
        return (written >>> first() & 1) == 0 ? from % size : 0;
    }

    /// The same behind the range.
    long after(long written) {
        return (written >>> last() & 1) == 0 ? (size - end() % size) % size : 0;
    }

    private static long bits(int from, int to) {
        if (from >= to) return 0;
        return -1L >>> (Long.SIZE - (to - from)) << from;
    }
}
