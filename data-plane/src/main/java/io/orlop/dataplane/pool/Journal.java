package io.orlop.dataplane.pool;

import io.orlop.dataplane.disk.Disk;
import io.orlop.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/// A pool's metadata on disk: two areas used in turn. An area begins with a checkpoint, the whole catalogue, and goes
/// on with the changes since. When it is full, the other area gets the next generation's checkpoint.
///
/// ```
///   header  area 0: generation 6                      area 1: generation 7
///  ┌──────┐┌────────────┬────────┬────────┬─────────┐┌────────────┬────────┬────────┬─ ─ ─ ─ ─┐┌─ clusters …
///  │ page ││ checkpoint │ change │ change │  full   ││ checkpoint │ change │ change │  next    ││
///  └──────┘└────────────┴────────┴────────┴─────────┘└────────────┴────────┴────────┴─ ─ ─ ─ ─┘└─
///            sequence 0      1        2                 sequence 0      1        2
///
///  record: ├ magic ┼ CRC-32C ┼ pool uuid ──────────────┼ generation ────┼ sequence ──────┼ length ┼ 0 ┼ body …
///     byte 0       4         8                         24               32               40       44  48
/// ```
///
/// Every record begins on a page of its own, so tearing the last one never touches an earlier one. Reading takes the
/// highest generation whose checkpoint is whole, then changes for as long as generation, sequence and checksum are
/// right: what follows was never forced. A pool that is opened begins a new generation at once, so that leftovers
/// behind the torn tail can never fit the sequence again.
final class Journal {
    private static final int MAGIC = 0x4f4a_524e;
    private static final int RECORD_HEADER = 48;

    private final Disk disk;
    private final PoolHeader pool;
    private long generation;
    private int area;
    private long position;
    private long sequence;

    /// What an area holds.
    record Recovered(Catalogue catalogue, long generation, int area) {}

    private Journal(Disk disk, PoolHeader pool, long generation, int area) {
        this.disk = disk;
        this.pool = pool;
        this.generation = generation;
        this.area = area;
    }

    /// Reads without writing anything.
    static Recovered recover(Disk disk, PoolHeader pool) throws IOException {
        Optional<Recovered> first = recover(disk, pool, 0);
        Optional<Recovered> second = recover(disk, pool, 1);
        if (first.isEmpty() && second.isEmpty()) {
            throw new IOException("both copies of the metadata of pool " + pool.name() + " are damaged");
        }
        if (first.isEmpty()) return unlessOlder(disk, pool, second.get());
        if (second.isEmpty()) return unlessOlder(disk, pool, first.get());
        return first.get().generation > second.get().generation ? first.get() : second.get();
    }

    /// The other area has no whole checkpoint. That is what a crash while it was written leaves, and then nothing
    /// comes after it: with changes of a later generation behind it, it was whole once, and is damaged. What went
    /// before it would give clusters to new owners that have old ones.
    private static Recovered unlessOlder(Disk disk, PoolHeader pool, Recovered recovered) throws IOException {
        for (long position = 0; position < pool.areaBytes(); position += PoolHeader.PAGE) {
            Optional<Record> record = read(disk, pool, 1 - recovered.area, position);
            if (record.isPresent() && record.get().sequence > 0 && record.get().generation > recovered.generation) {
                throw new IOException(
                        "the metadata of pool %s is damaged: the checkpoint of generation %d is gone, changes to it are there"
                                .formatted(pool.name(), record.get().generation));
            }
        }
        return recovered;
    }

    /// Begins a new generation with what was recovered.
    static Journal begin(Disk disk, PoolHeader pool, Recovered recovered) throws IOException {
        Journal journal = new Journal(disk, pool, recovered.generation, recovered.area);
        journal.checkpoint(recovered.catalogue);
        return journal;
    }

    /// Writes a change after all others. It is durable with the disk's next force.
    void append(Change change, Catalogue before) throws IOException {
        byte[] body = change.encode();
        if (position + occupied(body.length) > pool.areaBytes()) checkpoint(before);
        write(body);
    }

    /// Refuses to let descriptions of volumes grow so much that a checkpoint of the most fragmented pool, and a change
    /// after it, would not fit.
    void reserveFor(Catalogue catalogue, int moreBytes) {
        long worstCase = catalogue.encode().length + moreBytes + pool.clusters() * 12L;
        if (2 * occupied((int) worstCase) > pool.areaBytes()) {
            throw new Refusal.OutOfCapacity(
                            "pool '%s' has no room for the description of another replica".formatted(pool.name()),
                            "use another pool, or fewer and larger replicas")
                    .exception();
        }
    }

    long pages() {
        return pool.areaBytes() / PoolHeader.PAGE;
    }

    long usedPages() {
        return position / PoolHeader.PAGE;
    }

    private void checkpoint(Catalogue catalogue) throws IOException {
        area = 1 - area;
        generation++;
        position = 0;
        sequence = 0;
        byte[] body = catalogue.encode();
        if (occupied(body.length) > pool.areaBytes()) {
            throw new IOException("the metadata of pool " + pool.name() + " has outgrown its place");
        }
        write(body);
        disk.force();
    }

    private void write(byte[] body) throws IOException {
        ByteBuffer record = ByteBuffer.allocate((int) occupied(body.length));
        record.putInt(MAGIC).putInt(0);
        record.putLong(pool.uuid().getMostSignificantBits()).putLong(pool.uuid().getLeastSignificantBits());
        record.putLong(generation)
                .putLong(sequence)
                .putInt(body.length)
                .putInt(0)
                .put(body);
        record.putInt(4, checksum(record, body.length));
        disk.write(pool.areaOffset(area) + position, record.clear());
        position += record.capacity();
        sequence++;
    }

    private static Optional<Recovered> recover(Disk disk, PoolHeader pool, int area) throws IOException {
        Optional<Record> checkpoint = read(disk, pool, area, 0);
        if (checkpoint.isEmpty() || checkpoint.get().sequence != 0) return Optional.empty();
        long generation = checkpoint.get().generation;
        Catalogue catalogue = Catalogue.decode(checkpoint.get().body, pool.clusters());
        long position = occupied(checkpoint.get().body.length);
        for (long sequence = 1; ; sequence++) {
            Optional<Record> next = read(disk, pool, area, position);
            if (next.isEmpty() || next.get().generation != generation || next.get().sequence != sequence) break;
            catalogue.apply(Change.decode(next.get().body));
            position += occupied(next.get().body.length);
        }
        return Optional.of(new Recovered(catalogue, generation, area));
    }

    private record Record(long generation, long sequence, byte[] body) {}

    private static Optional<Record> read(Disk disk, PoolHeader pool, int area, long position) throws IOException {
        if (position + PoolHeader.PAGE > pool.areaBytes()) return Optional.empty();
        ByteBuffer head = ByteBuffer.allocate(RECORD_HEADER);
        disk.read(pool.areaOffset(area) + position, head);
        head.flip();
        int length = head.getInt(40);
        if (head.getInt(0) != MAGIC
                || head.getLong(8) != pool.uuid().getMostSignificantBits()
                || head.getLong(16) != pool.uuid().getLeastSignificantBits()
                || length < 0
                || position + occupied(length) > pool.areaBytes()) return Optional.empty();
        ByteBuffer record = ByteBuffer.allocate((int) occupied(length));
        disk.read(pool.areaOffset(area) + position, record);
        int stored = record.getInt(4);
        record.putInt(4, 0);
        if (checksum(record, length) != stored) return Optional.empty();
        byte[] body = new byte[length];
        record.get(RECORD_HEADER, body);
        return Optional.of(new Record(head.getLong(24), head.getLong(32), body));
    }

    private static int checksum(ByteBuffer record, int length) {
        CRC32C crc = new CRC32C();
        crc.update(record.duplicate().clear().limit(RECORD_HEADER + length));
        return (int) crc.getValue();
    }

    private static long occupied(int length) {
        return PoolHeader.roundUp(RECORD_HEADER + (long) length, PoolHeader.PAGE);
    }
}
