package io.orlop.csi;

import io.orlop.model.Bytes;
import io.orlop.model.Refusal;
import io.orlop.stubs.csi.v1.CapacityRange;

/// How large a volume may be, as CSI asks: at least and at most; zero is "not said".
record SizeRange(long requiredBytes, long limitBytes) {
    /// What a claim that names no size gets.
    static final Bytes UNSAID = Bytes.gib(1);
    /// A volume is a whole number of blocks.
    private static final long BLOCK = 512;

    SizeRange {
        if (requiredBytes < 0 || limitBytes < 0) {
            throw new Refusal.Invalid(
                            "capacity_range %d to %d is negative".formatted(requiredBytes, limitBytes),
                            "give zero or more bytes")
                    .exception();
        }
        if (limitBytes > 0 && requiredBytes > limitBytes) {
            throw new Refusal.OutOfRange(
                            "capacity_range requires %d bytes and allows %d".formatted(requiredBytes, limitBytes),
                            "let required_bytes be at most limit_bytes")
                    .exception();
        }
    }

    static SizeRange of(CapacityRange range) {
        return new SizeRange(range.getRequiredBytes(), range.getLimitBytes());
    }

    boolean includes(Bytes size) {
        return size.count() >= requiredBytes && (limitBytes == 0 || size.count() <= limitBytes);
    }

    /// The size to make: what is required in whole blocks, or the usual size, cut to the limit.
    Bytes size() {
        long wanted = requiredBytes > 0 ? requiredBytes : UNSAID.count();
        if (wanted > Long.MAX_VALUE - BLOCK) throw tooNarrow();
        Bytes size = Bytes.of(wanted).roundedUpTo(Bytes.of(BLOCK));
        if (limitBytes > 0 && size.count() > limitBytes) size = Bytes.of(limitBytes / BLOCK * BLOCK);
        if (size.isZero() || !includes(size)) throw tooNarrow();
        return size;
    }

    private RuntimeException tooNarrow() {
        return new Refusal.OutOfRange(
                        "no volume has a size within capacity_range %d to %d".formatted(requiredBytes, limitBytes),
                        "let the range include a multiple of %d bytes".formatted(BLOCK))
                .exception();
    }
}
