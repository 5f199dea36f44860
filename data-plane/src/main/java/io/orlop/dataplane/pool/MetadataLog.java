package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The changes since the last checkpoint, in slots that name one another.
///
/// ```
///   super block ─► slot 12                    slot 40
///                 ┌───────┬───────┬─ ─┬──────┐┌───────┬──────┬──────┐
///                 │   0   │   1   │   │  31  ││  32   │ seal │ seal │ …
///                 └───────┴───────┴─ ─┴──────┘└───────┴──────┴──────┘
///                   next: 40 ───────────────────▲      safe: 33
/// ```
///
/// **What was answered is proven by something that is itself on the medium.** Whoever promises that something is
/// durable
/// forces, seals, and forces again ([#seal] writes two frames, so that one may rot). A frame says how many before it
/// were
/// forced, and so:
///
/// ```
///   30 whole   31 ???   32 whole, safe 30       a power cut: of what was not forced any part is there. 31 ends the log
///   30 whole   31 ???   32 whole, safe 32       31 was forced, and whole: damage. The pool is refused
/// ```
///
/// The same goes for data. That pieces were written is said in a frame that is written after the data and not forced
/// ([Change.Wrote]). It must outlive the process, but not the power: a frame may be on the medium whose data is not,
/// and then the piece shows what the cluster's former owner had. Of such a frame only what is safe counts, since its
/// data
/// was forced with it or before; unless the very memory that the data was written to is still there ([Disk#cache]).
///
/// Used under the pool's lock.
final class MetadataLog {
    /// A place in the log.
    ///
    /// @param frames how many were written before
    /// @param settled whether all of them were forced, and a frame that says so, too
    record Mark(long generation, long frames, boolean settled) {}

    private final Disk disk;
    private final UUID incarnation;
    private final long generation;
    private final int blockSize;
    private final Slots slots;
    private final List<Long> used = new ArrayList<>();
    private long slot;
    private long next;
    private int position;
    private long sequence;
    private long end;
    private long forced;

    private MetadataLog(Disk disk, SuperBlock block, long generation, Slots slots) {
        this.disk = disk;
        this.incarnation = block.incarnation();
        this.generation = generation;
        this.blockSize = block.blockSize();
        this.slots = slots;
    }

    /// A log of nothing, of which nothing is written yet.
    static MetadataLog begin(Disk disk, SuperBlock block, long generation, Slots slots) throws IOException {
        MetadataLog log = new MetadataLog(disk, block, generation, slots);
        log.next = slots.take();
        log.used.add(log.next);
        log.turn();
        return log;
    }

    private void turn() throws IOException {
        slot = next;
        next = slots.take();
        used.add(next);
        position = 0;
    }

    /// Where it begins.
    long address() {
        return used.getFirst();
    }

    /// Those it lies in, and the one it will go on in.
    List<Long> slots() {
        return used;
    }

    boolean takes(byte[] body) {
        return Frame.bytes(body.length, blockSize) <= Geometry.SLOT;
    }

    /// How many frames were written.
    long written() {
        return sequence;
    }

    /// Where the last change ends, not counting seals behind it.
    long end() {
        return end;
    }

    /// This many frames are on the medium.
    void forced(long frames) {
        forced = Math.max(forced, frames);
    }

    /// Writes a change behind all others.
    void append(byte[] body) throws IOException {
        int bytes = Frame.bytes(body.length, blockSize);
        if (position + bytes > Geometry.SLOT) turn();
        ByteBuffer frame = ByteBuffer.allocate(bytes);
        encode(body, frame);
        write(frame);
        if (body.length > 0) end = sequence;
    }

    /// Writes down, twice, what was forced.
    void seal() throws IOException {
        append(NOTHING);
        append(NOTHING);
    }

    private static final byte[] NOTHING = {};

    private void encode(byte[] body, ByteBuffer into) {
        new Frame(generation, sequence, forced, slot + position, next, body).encode(incarnation, into);
    }

    private void write(ByteBuffer frame) throws IOException {
        disk.write(slot + position, frame.clear());
        position += frame.limit();
        sequence++;
    }
}
