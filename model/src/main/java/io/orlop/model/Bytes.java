package io.orlop.model;

/// A size or an amount of storage, never negative.
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    public Bytes {
        if (count < 0) {
            throw new Refusal.Invalid("a size of " + count + " bytes is negative", "give zero or more bytes")
                    .exception();
        }
    }

    public static Bytes of(long count) {
        return new Bytes(count);
    }

    public static Bytes kib(long kib) {
        return new Bytes(Math.multiplyExact(kib, 1L << 10));
    }

    public static Bytes mib(long mib) {
        return new Bytes(Math.multiplyExact(mib, 1L << 20));
    }

    public static Bytes gib(long gib) {
        return new Bytes(Math.multiplyExact(gib, 1L << 30));
    }

    public Bytes plus(Bytes other) {
        return new Bytes(Math.addExact(count, other.count));
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
        return new Bytes(Math.multiplyExact(Math.ceilDiv(count, unit.count), unit.count));
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
