package io.orlop.store.log;

import io.orlop.disk.DiskFile;
import java.io.IOException;

/// Decides what it means that a segment's frames stop before its bytes do.
final class TornTail {
    private TornTail() {}

    /// A frame further on that knew the missing one to be synced proves that it was acknowledged and is now damaged.
    /// Without such a frame the rest is what a power cut left of a group commit nobody was told of: it may be cut.
    ///
    /// @param missing the sequence of the frame that should start at `offset`
    /// @return where the proof of damage is, or -1 if the tail is only torn
    static long proofOfDamage(DiskFile file, long offset, long missing) throws IOException {
        FrameScanner scanner = new FrameScanner(file);
        long size = file.size();
        for (long at = offset + 8; at + Frame.HEAD_BYTES <= size; at += 8) {
            long sequence = scanner.sequenceAt(at);
            if (sequence <= missing || sequence - missing > Integer.MAX_VALUE) continue;
            Frame frame = scanner.frameAt(at);
            if (frame != null && frame.safe() >= missing) return at;
        }
        return -1;
    }
}
