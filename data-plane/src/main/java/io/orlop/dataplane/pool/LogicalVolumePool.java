package io.orlop.dataplane.pool;

import io.orlop.dataplane.block.NoSpaceException;
import io.orlop.disk.Disk;
import io.orlop.disk.DiskFullException;
import io.orlop.model.Bytes;
import io.orlop.model.PoolStatus;
import io.orlop.model.PoolUuid;
import io.orlop.model.Refusal;
import io.orlop.model.ReplicaId;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// An open pool: allocates clusters, and writes each change of metadata to the journal before it counts.
///
/// The order of writes is what makes it crash-safe:
///
/// * A **thin** write into an unallocated cluster zeroes a free one, forces, writes the change, then the data. So a
///   cluster's former content never shows through, and its former owner's release is durable before it is reused.
/// * A **new** replica's head is wiped and forced before the replica exists.
/// * A change that a caller asked for by name (create, destroy, describe) is forced before the answer. An allocation is
///   forced by the replica's own flush: until then nobody was promised what is in it.
///
/// After a force that failed nobody knows what is on the medium: the pool is faulted and writes nothing more, so that
/// no later force can claim success. Importing it again shows what is there.
final class LogicalVolumePool implements PoolOps {
    /// What a file system's signatures hide in.
    static final long WIPED_HEAD = 8 << 20;

    private final Disk disk;
    private final PoolHeader header;
    private final Catalogue catalogue;
    private final Journal journal;
    private final TreeMap<ReplicaId, LogicalVolume> volumes = new TreeMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Runnable onFault;
    private final AtomicLong changes = new AtomicLong();
    private volatile @Nullable IOException fault;

    private LogicalVolumePool(Disk disk, PoolHeader header, Journal journal, Catalogue catalogue, Runnable onFault) {
        this.onFault = onFault;
        this.disk = disk;
        this.header = header;
        this.journal = journal;
        this.catalogue = catalogue;
        for (Volume volume : catalogue.volumes.values()) {
            volumes.put(new ReplicaId(volume.uuid), new LogicalVolume(this, volume));
        }
    }

    static LogicalVolumePool create(Disk disk, PoolHeader header, Runnable onFault) throws IOException {
        var nothing = Journal.Recovered.nothing(header.clusters());
        return new LogicalVolumePool(disk, header, Journal.begin(disk, header, nothing), nothing.catalogue(), onFault);
    }

    static LogicalVolumePool open(Disk disk, PoolHeader header, Runnable onFault) throws IOException {
        Journal.Recovered recovered = Journal.recover(disk, header);
        return new LogicalVolumePool(
                disk, header, Journal.begin(disk, header, recovered), recovered.catalogue(), onFault);
    }

    @Override
    public String name() {
        return header.name();
    }

    @Override
    public PoolUuid uuid() {
        return new PoolUuid(header.uuid());
    }

    @Override
    public long clusterSize() {
        return header.clusterSize();
    }

    @Override
    public long capacity() {
        return header.clusters() * header.clusterSize();
    }

    @Override
    public long used() {
        lock.lock();
        try {
            return catalogue.taken() * header.clusterSize();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long changes() {
        return changes.get();
    }

    @Override
    public long committed() {
        return replicas().stream().mapToLong(ReplicaOps::size).sum();
    }

    @Override
    public PoolStatus status() {
        return fault == null ? PoolStatus.ONLINE : PoolStatus.FAULTED;
    }

    @Override
    public List<ReplicaOps> replicas() {
        lock.lock();
        try {
            return List.copyOf(volumes.values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public ReplicaOps create(ReplicaId uuid, String name, long size, boolean thin, ReplicaProperties properties)
            throws IOException {
        lock.lock();
        try {
            checkSize(name, size, thin);
            int clusters = Math.toIntExact(Math.ceilDiv(size, header.clusterSize()));
            ClusterMap map = new ClusterMap(clusters);
            if (!thin) {
                int[] chosen = catalogue.choose(clusters);
                for (int own = 0; own < clusters; own++) map.assign(own, chosen[own]);
            }
            Volume volume = new Volume(uuid.uuid(), name, thin, properties, map);
            Change created = new Change.Created(volume);
            journal.reserveFor(catalogue, created.encode().length);
            LogicalVolume replica = new LogicalVolume(this, volume);
            if (!thin) {
                replica.wipe(Math.min(replica.size(), WIPED_HEAD));
                force();
            }
            change(created);
            force();
            volumes.put(uuid, replica);
            return replica;
        } finally {
            lock.unlock();
        }
    }

    private void checkSize(String name, long size, boolean thin) {
        long free = catalogue.free() * header.clusterSize();
        if (size <= 0) {
            throw new Refusal.Invalid(
                            "replica '%s' of %d bytes".formatted(name, size), "give a size of at least one byte")
                    .exception();
        }
        if (!disk.discards() && free < WIPED_HEAD) {
            throw new Refusal.OutOfCapacity(
                            "pool '%s' has %s free; replica '%s' needs its first 8 MiB wiped"
                                    .formatted(name(), Bytes.of(free), name),
                            "use another pool")
                    .exception();
        }
        if (size > capacity()) {
            throw new Refusal.Invalid(
                            "replica '%s' of %s is larger than pool '%s' of %s"
                                    .formatted(name, Bytes.of(size), name(), Bytes.of(capacity())),
                            "use a larger pool or a smaller size")
                    .exception();
        }
        if (!thin && Math.ceilDiv(size, header.clusterSize()) > catalogue.free()) {
            throw new Refusal.OutOfCapacity(
                            "pool '%s' has %s free, replica '%s' needs %s"
                                    .formatted(name(), Bytes.of(free), name, Bytes.of(size)),
                            "use another pool, or a thin replica")
                    .exception();
        }
    }

    @Override
    public void destroy(ReplicaId uuid) throws IOException {
        LogicalVolume replica;
        lock.lock();
        try {
            replica = volumes.get(uuid);
            if (replica == null) {
                throw new Refusal.NotFound(
                                "replica %s is not in pool '%s'".formatted(uuid, name()), "list the pool's replicas")
                        .exception();
            }
        } finally {
            lock.unlock();
        }
        // Outside the lock: whoever writes holds the replica first and the pool second.
        replica.retire("replica " + uuid + " was destroyed");
        lock.lock();
        try {
            if (!volumes.containsKey(uuid)) return;
            change(new Change.Destroyed(uuid.uuid()));
            force();
            volumes.remove(uuid);
            if (disk.discards()) replica.discardAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void destroy() throws IOException {
        retireAll("pool " + name() + " was destroyed");
        Erasure.of(disk);
        disk.close();
    }

    @Override
    public void close() throws IOException {
        retireAll("pool " + name() + " was exported");
        if (fault == null) {
            journal.force();
            seal();
        }
        disk.close();
    }

    @Override
    public void abandon() {
        fault = new IOException("abandoned");
        try {
            disk.close();
        } catch (IOException _) {
            // nobody is left to care
        }
    }

    private void retireAll(String why) {
        for (LogicalVolume volume : volumesNow()) volume.retire(why);
    }

    private List<LogicalVolume> volumesNow() {
        lock.lock();
        try {
            return List.copyOf(volumes.values());
        } finally {
            lock.unlock();
        }
    }

    void describe(Volume volume, ReplicaProperties properties) throws IOException {
        lock.lock();
        try {
            Change described = new Change.Described(volume.uuid, properties);
            journal.reserveFor(catalogue, described.encode().length);
            change(described);
            force();
        } finally {
            lock.unlock();
        }
    }

    /// Gives every unallocated cluster of the range, both ends included, one that reads as zeroes.
    void allocate(Volume volume, int first, int last) throws IOException {
        lock.lock();
        try {
            int[] own = IntStream.rangeClosed(first, last)
                    .filter(cluster -> !volume.clusters.allocated(cluster))
                    .toArray();
            if (own.length == 0) return;
            if (own.length > catalogue.free()) {
                throw new NoSpaceException("pool %s is full: %d clusters are free, replica %s needs %d more"
                        .formatted(name(), catalogue.free(), volume.uuid, own.length));
            }
            int[] chosen = catalogue.choose(own.length);
            zero(chosen);
            force();
            change(new Change.Allocated(volume.uuid, own, chosen));
        } finally {
            lock.unlock();
        }
    }

    /// Takes the clusters of the range back. The caller keeps everybody else away from them.
    void release(Volume volume, int first, int count) throws IOException {
        lock.lock();
        try {
            int[] freed = IntStream.range(first, first + count)
                    .map(volume.clusters::get)
                    .filter(cluster -> cluster >= 0)
                    .toArray();
            if (freed.length == 0) return;
            change(new Change.Released(volume.uuid, first, count));
            if (disk.discards()) {
                for (int cluster : freed) disk.discard(header.clusterOffset(cluster), header.clusterSize());
            }
        } finally {
            lock.unlock();
        }
    }

    Disk disk() throws IOException {
        IOException why = fault;
        if (why != null) throw new IOException("pool " + name() + " is faulted, import it again", why);
        return disk;
    }

    long clusterOffset(int cluster) {
        return header.clusterOffset(cluster);
    }

    void force() throws IOException {
        try {
            disk();
            journal.force();
            seal();
        } catch (IOException e) {
            throw faulted(e);
        }
    }

    /// Not while somebody else has the lock: nothing depends on a seal, and a flush need not wait for allocations.
    private void seal() throws IOException {
        if (!lock.tryLock()) return;
        try {
            journal.seal();
        } finally {
            lock.unlock();
        }
    }

    /// Nobody has these clusters yet, so a disk without room leaves everything as it was.
    private void zero(int[] clusters) throws IOException {
        try {
            for (int cluster : clusters) zero(cluster);
        } catch (DiskFullException full) {
            throw new NoSpaceException("pool %s found no room on its disk: %s".formatted(name(), full.getMessage()));
        }
    }

    private void zero(int cluster) throws IOException {
        long offset = header.clusterOffset(cluster);
        if (disk.discards()) disk().discard(offset, header.clusterSize());
        else disk().writeZeroes(offset, header.clusterSize());
    }

    /// Journal first, memory second. A change that is half written is as good as none: the pool stops.
    private void change(Change change) throws IOException {
        disk();
        try {
            journal.append(change, catalogue);
        } catch (IOException e) {
            throw faulted(e);
        }
        catalogue.apply(change);
        changes.incrementAndGet();
    }

    private IOException faulted(IOException cause) {
        if (fault == null) {
            fault = cause;
            onFault.run();
        }
        return cause;
    }

    int blockSize() {
        return disk.blockSize();
    }
}
