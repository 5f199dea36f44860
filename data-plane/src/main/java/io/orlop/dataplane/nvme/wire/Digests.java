package io.orlop.dataplane.nvme;

import io.orlop.disk.bytes.Checksum;
import java.nio.ByteBuffer;

/// Whether headers and data are followed by their CRC-32C, as the two ends agreed.
record Digests(boolean header, boolean data) {
    static final int BYTES = 4;
    static final Digests NONE = new Digests(false, false);

    int headerBytes() {
        return header ? BYTES : 0;
    }

    int dataBytes() {
        return data ? BYTES : 0;
    }

    /// The digest of the buffer's remaining bytes, which stay remaining.
    static int of(ByteBuffer bytes) {
        return Checksum.of(bytes);
    }
}
