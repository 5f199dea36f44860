package io.orlop.dataplane.pool;

import io.orlop.disk.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/// Reads a log, and tells its end from damage. Writes nothing.
///
/// Behind the end it looks on: in the rest of the slot, and in every slot that the tree does not use. A frame of the
/// log there that says that the missing one was forced is the proof that it was whole.
final class LogRecovery {
    /// @param changes all that fit one another, with their sequence
    /// @param safe how many frames were forced, as far as anybody says
    /// @param slots where frames of this log are
    /// @param gap whether frames are behind the end: a kill leaves none, so the memory has lost something
    record Recovered(List<Found> changes, long safe, TreeSet<Long> slots, boolean gap) {
        /// Those that count.
        ///
        /// @param doubted whether what was not forced may be missing, though other parts of it read back
        List<Change> counting(boolean doubted) {
            boolean inDoubt = inDoubt(doubted);
            return changes.stream()
                    .filter(found -> !inDoubt || !(found.change instanceof Change.Wrote) || found.sequence < safe)
                    .map(Found::change)
                    .toList();
        }

        /// Whether what was not forced does not count: the disk says so, or a force that failed, or a gap.
        boolean inDoubt(boolean doubted) {
            return doubted || gap || changes.stream().anyMatch(found -> found.change instanceof Change.Doubted);
        }
    }

    record Found(long sequence, Change change) {}

    private final Disk disk;
    private final UUID incarnation;
    private final long generation;
    private final int blockSize;
    private final List<Found> changes = new ArrayList<>();
    private final TreeSet<Long> slots = new TreeSet<>();
    private long sequence;
    private long safe;
    private boolean gap;

    private LogRecovery(Disk disk, SuperBlock block) {
        this.disk = disk;
        this.incarnation = block.incarnation();
        this.generation = block.generation();
        this.blockSize = block.blockSize();
    }

    static Recovered read(Disk disk, SuperBlock block, Slots slots) throws IOException {
        LogRecovery recovery = new LogRecovery(disk, block);
        recovery.follow(block.log());
        for (long address : slots.free()) recovery.lookOn(recovery.slot(address), address, 0);
        if (recovery.safe > recovery.sequence) {
            throw new IOException("its metadata is damaged: change %d of generation %d is broken, %d were forced"
                    .formatted(recovery.sequence, recovery.generation, recovery.safe));
        }
        return new Recovered(recovery.changes, recovery.safe, recovery.slots, recovery.gap);
    }

    private void follow(long begin) throws IOException {
        for (long address = begin; ; ) {
            ByteBuffer slot = slot(address);
            slots.add(address);
            int at = 0;
            long next = 0;
            while (true) {
                Optional<Frame> frame = frame(slot, at, address).filter(found -> found.sequence() == sequence);
                if (frame.isEmpty()) break;
                sequence++;
                safe = Math.max(safe, frame.get().safe());
                next = frame.get().next();
                byte[] body = frame.get().body();
                if (body.length > 0) changes.add(new Found(frame.get().sequence(), Change.decode(body)));
                at += Frame.bytes(body.length, blockSize);
            }
            lookOn(slot, address, at);
            if (next == 0 || next == begin || slots.contains(next)) return;
            address = next;
        }
    }

    /// Frames behind the end. The first of a slot may say less than those that follow it.
    private void lookOn(ByteBuffer slot, long address, int from) {
        for (int at = from; at < Geometry.SLOT; at += blockSize) {
            Optional<Frame> frame = frame(slot, at, address).filter(found -> found.sequence() >= sequence);
            if (frame.isEmpty()) continue;
            gap = true;
            slots.add(address);
            safe = Math.max(safe, frame.get().safe());
        }
    }

    private Optional<Frame> frame(ByteBuffer slot, int at, long address) {
        return Frame.decode(slot, at, address, incarnation, generation);
    }

    private ByteBuffer slot(long address) throws IOException {
        ByteBuffer slot = ByteBuffer.allocate(Geometry.SLOT);
        disk.read(address, slot);
        return slot.flip();
    }
}
