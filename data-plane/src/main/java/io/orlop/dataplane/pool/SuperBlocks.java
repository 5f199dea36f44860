package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/// The super blocks at both ends of a disk.
///
/// ```
///   all of generation 8 is forced ─► A: 8 ─► force ─► B: 8 ─► force ─► what only generation 7 needed is free
///   crash, what is found:      7 7         8 or 7, 7       8, 8 or 7       8 8
/// ```
///
/// The higher generation counts. As long as one of them says 7, all that 7 points to is there, and 8 has said nothing
/// that 7 does not say: whichever is damaged, the other one gives the same answer.
final class SuperBlocks {
    private static final Logger LOG = System.getLogger(SuperBlocks.class.getName());

    sealed interface Found {
        /// Neither end carries one.
        record Nothing() implements Found {}

        /// One that counts, and what is to be said of the other.
        ///
        /// @param damaged whether the other is, and not only older
        record Pool(SuperBlock block, Optional<String> complaint, boolean damaged) implements Found {}

        /// There was a pool, and nobody can tell where its metadata is.
        record Damaged(String what) implements Found {}
    }

    private SuperBlocks() {}

    /// Reads without writing anything.
    static Found find(Disk disk) throws IOException {
        long end = disk.size() / Geometry.PAGE * Geometry.PAGE - Geometry.PAGE;
        if (end < Geometry.PAGE) return new Found.Nothing();
        Optional<ByteBuffer> first = read(disk, 0);
        Optional<SuperBlock> a = first.flatMap(SuperBlock::decode);
        // A disk that was made larger has its second one where its end was.
        long secondAt = a.map(block -> block.geometry().superOffset(1)).orElse(end);
        Optional<ByteBuffer> second = secondAt <= end ? read(disk, secondAt) : Optional.empty();
        Optional<SuperBlock> b = second.flatMap(SuperBlock::decode);
        if (a.isPresent()) return chosen(a.get(), b);
        if (b.isPresent()) {
            boolean ours = first.map(b.get()::mayHaveBeen).orElse(true);
            return ours
                    ? new Found.Pool(
                            b.get(), Optional.of("its first super block is damaged; the other one counts"), true)
                    : new Found.Nothing();
        }
        if (carriesMagic(first) || carriesMagic(second)) {
            return new Found.Damaged("a pool whose super blocks are both damaged, or of a later version");
        }
        return new Found.Nothing();
    }

    private static Found chosen(SuperBlock a, Optional<SuperBlock> b) {
        if (b.isEmpty() || !b.get().incarnation().equals(a.incarnation())) {
            // Of a pool that was just being made it had not been written.
            return new Found.Pool(
                    a,
                    Optional.of("its second super block is damaged or missing; the other one counts"),
                    a.generation() > 1);
        }
        if (b.get().generation() == a.generation()) return new Found.Pool(a, Optional.empty(), false);
        SuperBlock newer = a.generation() > b.get().generation() ? a : b.get();
        return new Found.Pool(
                newer,
                Optional.of("its super blocks are of generations %d and %d; the higher one counts"
                        .formatted(a.generation(), b.get().generation())),
                false);
    }

    /// Both say the same when this returns, and each was whole at every moment when the other was not.
    static void write(Disk disk, SuperBlock block) throws IOException {
        for (int end = 0; end < 2; end++) write(disk, block, end);
    }

    private static void write(Disk disk, SuperBlock block, int end) throws IOException {
        disk.write(block.geometry().superOffset(end), block.encode());
        disk.force();
    }

    /// Writes the one anew that does not say this, if there is one: what only an older one points to is free then.
    static void mend(Disk disk, SuperBlock block) throws IOException {
        for (int end = 0; end < 2; end++) {
            Optional<SuperBlock> there =
                    read(disk, block.geometry().superOffset(end)).flatMap(SuperBlock::decode);
            if (!there.equals(Optional.of(block))) write(disk, block, end);
        }
    }

    /// Empty if the disk cannot read it: that is as good as damaged.
    private static Optional<ByteBuffer> read(Disk disk, long offset) {
        ByteBuffer page = ByteBuffer.allocate(Geometry.PAGE);
        try {
            disk.read(offset, page);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "{0}: cannot read the super block at {1}: {2}", disk, offset, e.getMessage());
            return Optional.empty();
        }
        return Optional.of(page.flip().slice(0, Disk.SECTOR));
    }

    private static boolean carriesMagic(Optional<ByteBuffer> sector) {
        return sector.map(bytes -> bytes.order(ByteOrder.LITTLE_ENDIAN).getLong(0) == SuperBlock.MAGIC)
                .orElse(false);
    }
}
