package io.orlop.dataplane.nvme.wire;

import java.nio.ByteBuffer;

/// A completion queue entry.
///
/// ```
///   0  result  8        8  queue head  2       12  id      2
///                      10  queue id    2       14  status  2   (Status)
/// ```
public record Completion(long result, int queueHead, int queueId, int id, int statusField) {
    public static final int BYTES = 16;

    public static Completion at(ByteBuffer bytes, int start) {
        return new Completion(
                bytes.getLong(start),
                bytes.getShort(start + 8) & 0xFFFF,
                bytes.getShort(start + 10) & 0xFFFF,
                bytes.getShort(start + 12) & 0xFFFF,
                bytes.getShort(start + 14) & 0xFFFF);
    }

    public void put(ByteBuffer bytes) {
        bytes.putLong(result)
                .putShort((short) queueHead)
                .putShort((short) queueId)
                .putShort((short) id)
                .putShort((short) statusField);
    }

    public boolean succeeded() {
        return (statusField & 0xFFFE) == 0;
    }
}
