package io.orlop.dataplane.nvme.wire;

/// What the two ends agreed on about the PDUs that one of them sends.
///
/// ```
///   header │ its digest │ zeroes │ data │ its digest
///   0                            ▲ a multiple of 4 · (alignment + 1)
/// ```
///
/// @param alignment of data, in units of four bytes, less one: 0 to [#ALIGNMENT_MAX]
public record Framing(Digests digests, int alignment) {
    public static final int ALIGNMENT_MAX = 31;
    public static final Framing PLAIN = new Framing(Digests.NONE, 0);

    public Framing {
        if (alignment < 0 || alignment > ALIGNMENT_MAX) {
            throw new IllegalArgumentException("an alignment is 0 to 31, not " + alignment);
        }
    }

    /// Where data begins behind a header that ends here, digest included. A last word's data is not aligned.
    public int dataOffset(PduType type, int headerEnd) {
        if (type.terminates()) return headerEnd;
        int unit = 4 * (alignment + 1);
        return (headerEnd + unit - 1) / unit * unit;
    }
}
