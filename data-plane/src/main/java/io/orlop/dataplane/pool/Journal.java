package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import io.orlop.disk.bytes.Checksum;
import io.orlop.model.Refusal;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

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
///  record: ├ magic ┼ CRC-32C ┼ pool uuid ──────────────┼ generation ────┼ sequence ──────┼ length ┼ forced ┼ body …
///     byte 0       4         8                         24               32               40       44       48
/// ```
///
/// Every record begins on a page of its own, so tearing the last one never touches an earlier one. Reading takes the
/// highest generation whose checkpoint is whole, then changes for as long as generation, sequence and checksum are
/// right. A pool that is opened begins a new generation at once, so that leftovers behind the torn tail can never fit
/// the sequence again.
///
/// What ends there is a torn tail or damage. Of the records since the last force a power cut leaves any, so that whole
/// ones may follow a broken one. But a record says how many of its generation, from the checkpoint on, were forced
/// before it was written; a broken one among those was whole once:
///
/// ```
///   sequence     0        1        2        3                       0        1        2        3
///   forced       0        1        2        2                       0        1        2        3
///            ├─ whole ┼─ whole ┼ broken ┼─ whole ┤             ├─ whole ┼─ whole ┼ broken ┼─ whole ┤
///                  a torn tail: 2 changes                            damage: change 2 was forced
/// ```
///
/// After a force a **seal** says the same of the last records: a record without a body where the next one will be. Its
/// sequence is one too high, so that it is not read as a change. Nothing depends on its being there. Records of earlier
/// versions say that nothing was forced.
final class Journal {
    private static final int MAGIC = 0x4f4a_524e;
    private static final int RECORD_HEADER = 48;

    private final Disk disk;
    private final PoolHeader pool;
    private long generation;
    private int area;
    private long position;
    private long sequence;

    /// Records since the journal was begun, of all generations.
    private final AtomicLong written = new AtomicLong();

    /// How many of those are on the medium.
    private final AtomicLong forced = new AtomicLong();

    /// What the latest record or seal says of it.
    private int sealed;

    /// What an area holds.
    ///
    /// @param records how many fit one another, the checkpoint among them
    /// @param end where they end
    record Recovered(Catalogue catalogue, long generation, int area, long records, long end) {
        static Recovered nothing(int clusters) {
            return new Recovered(new Catalogue(clusters), 0, 1, 0, 0);
        }
    }

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
        Recovered latest;
        if (first.isEmpty()) latest = unlessOlder(disk, pool, second.get());
        else if (second.isEmpty()) latest = unlessOlder(disk, pool, first.get());
        else latest = first.get().generation > second.get().generation ? first.get() : second.get();
        return unlessCutShort(disk, pool, latest);
    }

    /// The other area has no whole checkpoint. That is what a crash while it was written leaves, and then nothing
    /// comes after it: with changes of a later generation behind it, it was whole once, and is damaged. What went
    /// before it would give clusters to new owners that have old ones.
    private static Recovered unlessOlder(Disk disk, PoolHeader pool, Recovered recovered) throws IOException {
        Optional<Record> change = find(
                disk,
                pool,
                1 - recovered.area,
                0,
                record -> record.sequence > 0 && record.generation > recovered.generation);
        if (change.isEmpty()) return recovered;
        throw new IOException(
                "the metadata of pool %s is damaged: the checkpoint of generation %d is gone, what came after it is there"
                        .formatted(pool.name(), change.get().generation));
    }

    /// The changes end with one that is broken, or with none. Without it, what later ones did would be undone.
    private static Recovered unlessCutShort(Disk disk, PoolHeader pool, Recovered recovered) throws IOException {
        Optional<Record> later = find(
                disk,
                pool,
                recovered.area,
                recovered.end,
                record -> record.generation == recovered.generation && record.forced > recovered.records);
        if (later.isEmpty()) return recovered;
        throw new IOException("the metadata of pool %s is damaged: change %d of generation %d is broken, %d were forced"
                .formatted(pool.name(), recovered.records, recovered.generation, later.get().forced - 1));
    }

    private static Optional<Record> find(Disk disk, PoolHeader pool, int area, long from, Predicate<Record> wanted)
            throws IOException {
        for (long position = from; position < pool.areaBytes(); position += PoolHeader.PAGE) {
            Optional<Record> found = read(disk, pool, area, position).filter(wanted);
            if (found.isPresent()) return found;
        }
        return Optional.empty();
    }

    /// Begins a new generation with what was recovered.
    static Journal begin(Disk disk, PoolHeader pool, Recovered recovered) throws IOException {
        Journal journal = new Journal(disk, pool, recovered.generation, recovered.area);
        journal.checkpoint(recovered.catalogue);
        return journal;
    }

    /// Makes durable what was written before. Needs no lock.
    void force() throws IOException {
        long before = written.get();
        disk.force();
        forced.accumulateAndGet(before, Math::max);
    }

    /// Writes down what was forced, unless that is written or the area is full.
    void seal() throws IOException {
        if (forcedOfGeneration() == sealed || position + PoolHeader.PAGE > pool.areaBytes()) return;
        write(sequence + 1, new byte[0]);
    }

    /// Writes a change after all others. It is durable with the next force.
    void append(Change change, Catalogue before) throws IOException {
        byte[] body = change.encode();
        if (position + occupied(body.length) > pool.areaBytes()) checkpoint(before);
        add(body);
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
        add(body);
        force();
        seal();
    }

    private void add(byte[] body) throws IOException {
        write(sequence, body);
        position += occupied(body.length);
        sequence++;
        written.incrementAndGet();
    }

    private int forcedOfGeneration() {
        long ofEarlier = written.get() - sequence;
        return (int) Math.max(0, forced.get() - ofEarlier);
    }

    private void write(long sequence, byte[] body) throws IOException {
        int forcedNow = forcedOfGeneration();
        ByteBuffer record = ByteBuffer.allocate((int) occupied(body.length));
        record.putInt(MAGIC).putInt(0);
        record.putLong(pool.uuid().getMostSignificantBits()).putLong(pool.uuid().getLeastSignificantBits());
        record.putLong(generation)
                .putLong(sequence)
                .putInt(body.length)
                .putInt(forcedNow)
                .put(body);
        record.putInt(4, checksum(record, body.length));
        disk.write(pool.areaOffset(area) + position, record.clear());
        sealed = forcedNow;
    }

    private static Optional<Recovered> recover(Disk disk, PoolHeader pool, int area) throws IOException {
        Optional<Record> checkpoint = read(disk, pool, area, 0);
        if (checkpoint.isEmpty() || checkpoint.get().sequence != 0) return Optional.empty();
        long generation = checkpoint.get().generation;
        Catalogue catalogue = Catalogue.decode(checkpoint.get().body, pool.clusters());
        long position = occupied(checkpoint.get().body.length);
        long sequence = 1;
        for (; ; sequence++) {
            Optional<Record> next = read(disk, pool, area, position);
            if (next.isEmpty() || next.get().generation != generation || next.get().sequence != sequence) break;
            catalogue.apply(Change.decode(next.get().body));
            position += occupied(next.get().body.length);
        }
        return Optional.of(new Recovered(catalogue, generation, area, sequence, position));
    }

    private record Record(long generation, long sequence, int forced, byte[] body) {}

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
        return Optional.of(new Record(head.getLong(24), head.getLong(32), head.getInt(44), body));
    }

    private static int checksum(ByteBuffer record, int length) {
        return Checksum.of(record.duplicate().clear().limit(RECORD_HEADER + length));
    }

    private static long occupied(int length) {
        return PoolHeader.roundUp(RECORD_HEADER + (long) length, PoolHeader.PAGE);
    }
}
