package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.Disk;
import io.orlop.disk.DiskFullException;
import java.io.IOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What a pool knows of itself, in memory and on its disk.
///
/// ```
///   super block ─┬─► tree: all as it was at the checkpoint      ╲
///                └─► log: what has changed since, and what then  ╱  the catalogue in memory
/// ```
///
/// A change is written to the log and applied in memory. When the log is full, and when the pool is opened, a
/// **checkpoint** writes what has changed into a new tree, begins a new log and lets the super blocks point to both. A
/// change that is too large for the log is applied, and written by a checkpoint.
///
/// Used under the pool's lock.
final class Metadata {
    private final Disk disk;
    private final Catalogue catalogue;
    private final Slots slots;
    private SuperBlock block;
    private Tree tree;
    private MetadataLog log;
    private Collection<Long> logSlots;
    private long settled;

    private Metadata(
            Disk disk, SuperBlock block, Catalogue catalogue, Slots slots, Tree tree, Collection<Long> logSlots)
            throws IOException {
        this.disk = disk;
        this.block = block;
        this.catalogue = catalogue;
        this.slots = slots;
        this.tree = tree;
        this.logSlots = logSlots;
        this.log = checkpoint();
    }

    /// Makes a pool. It is there when both super blocks are.
    ///
    /// @param block of the generation before the first
    static Metadata create(Disk disk, SuperBlock block) throws IOException {
        Catalogue catalogue = new Catalogue(block.geometry().clusters());
        Tree tree = Tree.empty(disk, block.incarnation());
        return new Metadata(disk, block, catalogue, new Slots(block.geometry()), tree, List.of());
    }

    /// Reads a pool, and begins its next generation.
    static Metadata open(Disk disk, SuperBlock block) throws IOException {
        Loaded loaded = load(disk, block);
        for (long slot : loaded.log.slots()) loaded.slots.use(slot);
        loaded.catalogue.replay(loaded.log.counting(!remembers(disk, block)));
        return new Metadata(disk, block, loaded.catalogue, loaded.slots, loaded.tree, loaded.log.slots());
    }

    /// Whether what was written in this generation and not forced is still there.
    static boolean remembers(Disk disk, SuperBlock block) {
        return !block.cache().isEmpty() && block.cache().equals(disk.cache());
    }

    /// What a disk says, the log not yet applied.
    record Loaded(Catalogue catalogue, Slots slots, Tree tree, LogRecovery.Recovered log) {}

    /// Reads a pool without writing anything.
    ///
    /// @throws IOException also if any of it is damaged
    static Loaded load(Disk disk, SuperBlock block) throws IOException {
        Catalogue catalogue = new Catalogue(block.geometry().clusters());
        Tree tree = Tree.load(disk, block.incarnation(), block.root(), catalogue::load);
        catalogue.loaded();
        Slots slots = new Slots(block.geometry());
        for (Fact fact : catalogue.facts()) {
            if (!(fact instanceof Fact.MetadataClusters(int first, int count))) continue;
            for (int cluster = first; cluster < first + count; cluster++) slots.add(cluster);
        }
        for (long address : tree.addresses()) slots.use(address);
        return new Loaded(catalogue, slots, tree, LogRecovery.read(disk, block, slots));
    }

    Catalogue catalogue() {
        return catalogue;
    }

    SuperBlock block() {
        return block;
    }

    Geometry geometry() {
        return block.geometry();
    }

    /// What clusters that are allocated now are born in.
    int birth() {
        return (int) block.generation();
    }

    /// Gives metadata more clusters if it may need them when there are more volumes and more of their clusters.
    ///
    /// @throws NoSpaceException if there are none left, and nothing has changed
    void makeRoomFor(int volumes, int clusters) throws IOException {
        while (slots.total() < slotsNeeded(volumes, clusters)) {
            if (catalogue.free() <= clusters) {
                throw new NoSpaceException("%d clusters of pool %s are free, its metadata needs one"
                        .formatted(catalogue.free(), block.name()));
            }
            grow();
        }
    }

    private long slotsNeeded(int volumes, int clusters) {
        return MetadataRoom.slots(
                geometry(),
                catalogue.volumes.size() + volumes,
                (long) catalogue.owned() + clusters,
                catalogue.factCount());
    }

    private void grow() throws IOException {
        // What is in limbo can be had after a checkpoint.
        if (catalogue.available() == 0) log = checkpoint();
        int[] chosen = catalogue.choose(1);
        try {
            takeRoom(disk, geometry().clusterOffset(chosen[0]), geometry().clusterSize());
        } catch (DiskFullException full) {
            catalogue.giveBack(chosen);
            throw new NoSpaceException(
                    "pool %s found no room on its disk: %s".formatted(block.name(), full.getMessage()));
        }
        catalogue.grow(chosen[0]);
        slots.add(chosen[0]);
        log = checkpoint();
    }

    /// Of a file system under the disk: where it is full later, the pool can still write down what it does.
    static void takeRoom(Disk disk, long offset, long length) throws IOException {
        if (!disk.discards()) disk.writeZeroes(offset, length);
    }

    /// The change counts when this returns, and is durable when it is settled.
    void write(Change change) throws IOException {
        byte[] body = change.encode();
        if (!log.takes(body)) {
            catalogue.apply(change, log.written());
            log = checkpoint();
            return;
        }
        if (logIsFull()) log = checkpoint();
        long sequence = log.written();
        log.append(body);
        catalogue.apply(change, sequence);
    }

    private boolean logIsFull() {
        return log.slots().size() > geometry().logSlots();
    }

    /// What is written now.
    MetadataLog.Mark mark() {
        return new MetadataLog.Mark(block.generation(), log.written(), log.end() <= settled);
    }

    /// Up to this mark everything was forced: writes that down. It counts with the next force.
    void seal(MetadataLog.Mark mark) throws IOException {
        if (mark.generation() != block.generation()) return;
        log.forced(mark.frames());
        if (logIsFull()) log = checkpoint();
        else log.seal();
    }

    /// What was sealed was forced.
    void settle(MetadataLog.Mark mark) throws IOException {
        if (mark.generation() != block.generation()) return;
        settled = Math.max(settled, mark.frames());
        release(catalogue.settle(mark.frames()));
    }

    private void release(int[] clusters) throws IOException {
        if (!disk.discards()) return;
        for (int cluster : clusters)
            disk.discard(geometry().clusterOffset(cluster), geometry().clusterSize());
    }

    /// A force has failed: what has not been forced may be missing. Whoever reads it from the same memory should know.
    void doubt() {
        try {
            log.append(new Change.Doubted().encode());
        } catch (IOException _) {
            // then the disk does not answer this process either
        }
    }

    private MetadataLog checkpoint() throws IOException {
        long generation = block.generation() + 1;
        Tree next = tree.with(catalogue.unsaved(), generation, slots::take);
        MetadataLog begun = MetadataLog.begin(disk, block, generation, slots);
        SuperBlock after = block.next(next.root(), begun.address(), disk.cache());
        disk.force();
        SuperBlocks.write(disk, after);
        Set<Long> kept = new HashSet<>(next.addresses());
        for (long address : tree.addresses()) {
            if (!kept.contains(address)) slots.giveBack(address);
        }
        for (long address : logSlots) slots.giveBack(address);
        tree = next;
        block = after;
        logSlots = begun.slots();
        settled = 0;
        catalogue.saved();
        release(catalogue.settle(Long.MAX_VALUE));
        return begun;
    }
}
