package io.orlop.model;

/// A size or an amount of storage, never negative. A sum that no `long` holds is refused as what led to it: nobody
/// stores that much.
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    public Bytes {
        if (count < 0) {
            throw new Refusal.Invalid("a size of " + count + " bytes is negative", "give zero or more bytes")
                    .exception();
        }
    }

    public static Bytes of(long count) {
        return count == 0 ? ZERO : new Bytes(count);
    }

    public static Bytes kib(long kib) {
        return product(kib, 1L << 10);
    }

    public static Bytes mib(long mib) {
        return product(mib, 1L << 20);
    }

    public static Bytes gib(long gib) {
        return product(gib, 1L << 30);
    }

    public Bytes plus(Bytes other) {
        if (other.count > Long.MAX_VALUE - count) throw tooMuch("%d and %d bytes".formatted(count, other.count));
        return new Bytes(count + other.count);
    }

    /// What is left; zero where `other` is more.
    public Bytes minus(Bytes other) {
        return new Bytes(Math.max(0, count - other.count));
    }

    public boolean atLeast(Bytes other) {
        return count >= other.count;
    }

    public boolean moreThan(Bytes other) {
        return count > other.count;
    }

    public boolean isZero() {
        return count == 0;
    }

    /// The next multiple of `unit`, or this if it is one.
    public Bytes roundedUpTo(Bytes unit) {
        return product(Math.ceilDiv(count, unit.count), unit.count);
    }

    private static Bytes product(long times, long unit) {
        if (times > Long.MAX_VALUE / unit) throw tooMuch("%d times %d bytes".formatted(times, unit));
        // Less than zero times something is negative, and refused as such.
        return new Bytes(times < 0 ? times : times * unit);
    }

    private static RuntimeException tooMuch(String what) {
        return new Refusal.OutOfRange(what + " are more than can be counted", "ask for less").exception();
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    /// In the largest unit that divides it: `64 MiB`, `4097 B`.
    @Override
    public String toString() {
        String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
        int unit = 0;
        long value = count;
        while (unit + 1 < units.length && value != 0 && value % 1024 == 0) {
            value /= 1024;
            unit++;
        }
        return value + " " + units[unit];
    }
}
