package io.orlop.dataplane.nvme;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

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
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
