package io.orlop.dataplane.nvme.wire;

import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;

/// Whether headers and data are followed by their CRC-32C, as the two ends agreed.
public record Digests(boolean header, boolean data) {
    public static final int BYTES = 4;
    public static final Digests NONE = new Digests(false, false);

    public int headerBytes() {
        return header ? BYTES : 0;
    }

    public int dataBytes() {
        return data ? BYTES : 0;
    }

    /// The digest of the buffer's remaining bytes, which stay remaining.
    public static int of(ByteBuffer bytes) {
        return Checksum.of(bytes);
    }
}
